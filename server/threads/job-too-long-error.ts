/** The thread that ran a job was ended because the job took longer than `endAfterSeconds` of its pool. */
export class JobTooLongError extends Error {
  override readonly name = 'JobTooLongError';
}
