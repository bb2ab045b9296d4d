import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/problem.js';
import { useLocale } from '../language/locale.js';
import { explain } from '../language/problems.js';

/** An error, with what can be done about it. */
export function ProblemNotice({
  problem,
  title,
  children,
}: {
  readonly problem: Problem;
  readonly title?: string;
  readonly children?: ComponentChildren;
}) {
  const { code, say } = useLocale();
  const text = explain(problem, code);
  // The words of the server have what the sentence lacks: which limit, which language.
  const isTold = problem.message === '' || text.startsWith(problem.message.replace(/\.$/, ''));
  return (
    <div class="notice" role="alert">
      {title !== undefined && <strong>{title}</strong>}
      <p>{text}</p>
      {!isTold && (
        <p class="detail" lang="en">
          {problem.message}
        </p>
      )}
      {problem.requestId !== '' && <p class="detail">{say.requestId(problem.requestId)}</p>}
      {children}
    </div>
  );
}
