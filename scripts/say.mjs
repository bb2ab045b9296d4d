/** Tells what is being done. Standard output belongs to what the script is for. */
export function step(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends the process with a sentence that says what to do. */
export function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
