// Says when the inbox has changed, while the page is seen.

const PAUSE = 1000; // milliseconds before the emulator is looked for again

// `changed` is called at each change, and first when the emulator is found; `gone` when it is lost.
export function follow(changed, gone) {
  let stream;
  let waiting;

  function open() {
    close();
    if (document.hidden) return;
    stream = new EventSource("inbox/changes");
    stream.onmessage = changed;
    stream.onerror = () => {
      close();
      gone();
      waiting = setTimeout(open, PAUSE);
    };
  }

  function close() {
    clearTimeout(waiting);
    stream?.close();
    stream = undefined;
  }

  document.addEventListener("visibilitychange", open);
  open();
}
