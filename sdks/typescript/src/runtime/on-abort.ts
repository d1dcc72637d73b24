const listening = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `stop` when the signal is aborted, at once when it is already; gives what takes it back.
 * However many calls share a signal, it gets one listener: Node warns of more than ten.
 */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  if (signal.aborted) {
    stop();
    return () => undefined;
  }
  const stops = listening.get(signal) ?? new Set();
  if (!listening.has(signal)) {
    listening.set(signal, stops);
    const stopAll = (): void => {
      for (const each of stops) each();
    };
    signal.addEventListener("abort", stopAll, { once: true });
  }
  stops.add(stop);
  return () => stops.delete(stop);
}
