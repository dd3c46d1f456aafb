<?php
// php follow.php http://localhost:5000 TOKEN [position.json]
// Follows a stockcast server with the waiting GET: prints each change of a figure, and goes on where it was when it is
// started again. PHP 8 without extensions.
declare(strict_types=1);

final class Refused extends RuntimeException
{
    public function __construct(public readonly int $status, public readonly float $retryAfter)
    {
        parent::__construct("HTTP $status");
    }
}

function ask(string $url, string $token, string $path, array $query = []): array
{
    $context = stream_context_create(['http' => ['header' => "Authorization: Bearer $token", 'timeout' => 90, 'ignore_errors' => true]]);
    $body = @file_get_contents($url . $path . '?' . http_build_query($query), false, $context);
    if ($body === false) {
        throw new RuntimeException('the server cannot be reached');
    }
    preg_match('/ (\d+)/', $http_response_header[0], $found);
    $status = (int) $found[1];
    if ($status !== 200) {
        $after = preg_grep('/^Retry-After:/i', $http_response_header);
        throw new Refused($status, $after ? (float) trim(explode(':', reset($after), 2)[1]) : 0.0);
    }
    return json_decode(figures_as_text($body), true, 512, JSON_THROW_ON_ERROR);
}

/** Quantities as strings with all their digits: PHP would make them binary floating point. */
function figures_as_text(string $json): string
{
    return preg_replace('/("(?:oldStock|newStock|quantity|available_quantity)":)(-?\d[\d.eE+-]*)/', '$1"$2"', $json);
}

/** Every product, and the position to go on from: the first page's, since what changes meanwhile comes again. */
function read_all(string $url, string $token): array
{
    $epoch = ask($url, $token, '/api/stats')['epoch'];
    $seq = null;
    $count = 0;
    $cursor = [];
    do {
        $page = ask($url, $token, '/api/products', ['limit' => 1000] + $cursor);
        $seq ??= $page['seq'];
        $count += count($page['products']);
        $cursor = ['cursor' => $page['next']];
    } while ($page['next'] !== null);
    echo "$count products as of $seq\n";
    return ['epoch' => $epoch, 'seq' => $seq];
}

function save(string $file, array $position): void
{
    file_put_contents("$file.new", json_encode($position));
    rename("$file.new", $file);
}

[, $url, $token] = $argv + [1 => null, 2 => null];
if ($token === null) {
    fwrite(STDERR, "php follow.php http://localhost:5000 TOKEN [position.json]\n");
    exit(2);
}
$url = rtrim($url, '/');
$file = $argv[3] ?? 'position.json';
$position = is_file($file) ? json_decode((string) file_get_contents($file), true) : null;
for ($failures = 0; ; ) {
    try {
        if ($position === null) {
            $position = read_all($url, $token);
            save($file, $position);
        }
        $answer = ask($url, $token, '/api/changes', ['since' => $position['seq'], 'epoch' => $position['epoch'], 'wait' => '30s', 'limit' => 1000]);
        foreach ($answer['changes'] as $change) {
            if ($change['type'] === 'stock_updated') {
                echo $change['productCode'], ' ', $change['oldStock'] ?? '?', ' → ', $change['newStock'] ?? '?', "\n";
            }
            // Dealt with, then saved: a crash between the two shows one again, and loses none.
            $position = ['epoch' => $answer['epoch'], 'seq' => $change['seq']];
            save($file, $position);
        }
        $failures = 0;
    } catch (Refused $refusal) {
        if ($refusal->status === 410) { // what is missing is no longer kept, or it is another store
            $position = null;
            continue;
        }
        fwrite(STDERR, $refusal->getMessage() . "\n");
        usleep((int) (1e6 * ($refusal->retryAfter + mt_rand() / mt_getrandmax() * min(30, 2 ** ++$failures))));
    } catch (RuntimeException $failure) {
        fwrite(STDERR, $failure->getMessage() . "\n");
        usleep((int) (1e6 * mt_rand() / mt_getrandmax() * min(30, 2 ** ++$failures)));
    }
}
