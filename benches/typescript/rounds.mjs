// Microseconds of CPU of two programs, measured in rounds side by side.

/** Microseconds of CPU, user's and system's, that `times` calls of `work` take, a call. */
async function cost(work, times) {
  const before = process.cpuUsage();
  for (let count = 0; count < times; count += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/**
 * Runs `ours` and `peer` by turns, `times` calls at once, and gives the figure: the medians of what
 * a call costs, through `per` for one part of it, and the median of the rounds' ratios. Who begins
 * changes from round to round, and the first rounds only warm up.
 */
export async function compare({ what, peer, at_most }, ours, theirs, { times, rounds, per = 1 }) {
  const warm = Math.ceil(rounds / 5);
  const seen = [];
  for (let round = -warm; round < rounds; round += 1) {
    const first = round % 2 === 0;
    const one = first ? await cost(ours, times) : 0;
    const other = await cost(theirs, times);
    const own = first ? one : await cost(ours, times);
    if (round >= 0) seen.push([own / per, other / per]);
  }
  return {
    what,
    ours_us: median(seen.map(([own]) => own)),
    peer,
    peer_us: median(seen.map(([, other]) => other)),
    ratio: median(seen.map(([own, other]) => own / other)),
    at_most,
  };
}
