/** What a transport hands on: the server's messages, as they are. */
export interface Message {
  type: string;
  seq: number;
  [member: string]: any;
}
