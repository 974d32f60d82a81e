// Follows the changes of the inbox while the page is visible.

const PAUSE = 1000; // milliseconds before the page connects again

// Calls `changed` when the emulator is connected and at each change, `gone` when it is disconnected.
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
