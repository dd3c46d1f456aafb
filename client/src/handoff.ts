/** What becomes of an offer where the consumer went away before it was done. */
export const undone = {};

export interface Handoff<T> extends AsyncIterableIterator<T> {
  /** Resolves when the consumer is done with it. */
  offer_(thing: T): Promise<unknown>;
  /** Nothing more will come. What is being dealt with can still be done. */
  end_(): void;
}

/**
 * Hands one thing at a time to one consumer, an async iterator. A thing is done when the consumer asks for the next: so
 * there is no buffer that a slow consumer could fill, and what a crash cuts short was not done.
 */
export function handoff<T>(onAsked: (self: Handoff<T>) => void, onOver: (self: Handoff<T>) => void): Handoff<T> {
  const asking: ((result: IteratorResult<T>) => void)[] = [];
  const over = { value: undefined, done: true } as const;
  let settle = (_outcome?: unknown): void => {};
  let isOver = false;

  const self: Handoff<T> = {
    offer_(thing) {
      return new Promise((resolve) => {
        settle = resolve;
        asking.shift()!({ value: thing, done: false });
        if (asking.length) settle(); // asked for the next one already
      });
    },

    end_() {
      if (isOver) return;
      isOver = true;
      for (const ask of asking.splice(0)) ask(over);
      onOver(self);
    },

    next() {
      return new Promise((resolve) => {
        settle();
        if (isOver) return resolve(over);
        asking.push(resolve);
        onAsked(self);
      });
    },

    // What `break` and an exception in the loop's body do. Nobody can tell them apart: what was handed out is not done.
    async return() {
      self.end_();
      settle(undone);
      return over;
    },

    [Symbol.asyncIterator]: () => self,
  };
  return self;
}
