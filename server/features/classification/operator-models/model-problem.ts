import { basename } from 'node:path';
import { messageOf } from '../../../errors/message-of.js';
import { fileProblem } from '../../../files/file-problem.js';

/** What is wrong with an operator's model. Clients see it, so it says which file, but not where files are. */
export function modelProblem(error: unknown): string {
  const problem = fileProblem(error);
  if (problem === undefined) return withoutFolders(messageOf(error));
  const file = problem.path === undefined ? 'a file' : basename(problem.path);
  return `${file} cannot be read: ${withoutFolders(problem.reason)}`;
}

/** ONNX Runtime names files with their folders, such as those of its own sources. Nodes can have similar names. */
function withoutFolders(text: string): string {
  return text.replace(/(?:\/[^/\s"':]+)*\/(?=[^/\s"':]+\.(?:cc|h|onnx|bin|data|json|txt)\b)/g, '');
}
