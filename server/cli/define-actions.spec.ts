import { describe, expect, it } from 'vitest';
import { count, flag, text } from '../settings/option.js';
import { UsageError } from './command.js';
import { defineAction, defineActions } from './define-actions.js';
import { noOperands, oneOperand, optionalOperand, someOperands } from './operands.js';

const calls: unknown[] = [];

const open = defineAction({
  name: 'open',
  help: 'Opens a box.',
  operands: oneOperand('BOX'),
  options: { wide: flag('Opens it wide.') },
  async run(context: string, box, values) {
    calls.push([context, box, values]);
    return 3;
  },
});
const shake = defineAction({
  name: 'shake',
  help: 'Shakes boxes.',
  operands: someOperands('BOX'),
  options: { times: count('N', 'How often.', { fallback: 2, max: 9 }) },
  async run(context: string, boxes, values) {
    calls.push([context, boxes, values]);
    return 0;
  },
});
const look = defineAction({
  name: 'look',
  help: 'Looks into a box, or into all.',
  operands: optionalOperand('BOX'),
  options: {},
  async run(context: string, box) {
    calls.push([context, box]);
    return 0;
  },
});
const count0 = defineAction({
  name: 'count',
  help: 'Counts the boxes.',
  operands: noOperands,
  options: {},
  run: async () => 0,
});

const command = defineActions({
  name: 'boxes',
  summary: 'Handles boxes.',
  about: 'Handles the boxes of a room.',
  actions: [open, shake, look, count0],
  shared: { room: text('NAME', 'Which room.', 'attic') },
  notes: 'Exit code 3 is fine.',
  around: ({ room }, task) => task(room),
});

describe('a command with actions', () => {
  it.each([
    [['open', 'a'], 3, ['attic', 'a', { wide: false }]],
    [['--room', 'cellar', '--wide', 'open', 'a'], 3, ['cellar', 'a', { wide: true }]],
    [['shake', 'a', 'b', '--times', '5'], 0, ['attic', ['a', 'b'], { times: 5 }]],
    [['look'], 0, ['attic', undefined]],
    [['look', 'a'], 0, ['attic', 'a']],
  ])('runs %j', async (args, code, call) => {
    calls.length = 0;
    expect([await command.run(args), calls]).toEqual([code, [call]]);
  });

  it.each([
    [[], 'boxes requires an action. Known: open, shake, look, count.'],
    [['opne', 'a'], 'Unknown action "opne" of boxes. Known: open, shake, look, count.'],
    [['shakes', 'a'], 'Unknown action "shakes" of boxes. Did you mean shake? Known: open, shake, look, count.'],
    [['open'], 'boxes open requires BOX.'],
    [['open', 'a', 'b'], 'boxes open takes one BOX, got 2.'],
    [['shake'], 'boxes shake requires at least one BOX.'],
    [['look', 'a', 'b'], 'boxes look takes at most one BOX, got 2.'],
    [['count', 'a'], 'boxes count takes no arguments, got "a".'],
    [['shake', 'a', '--wide'], 'boxes shake does not take --wide.'],
    [['shake', 'a', '--time', '1'], 'Unknown option --time. Did you mean --times?'],
  ])('refuses %j', async (args, sentence) => {
    calls.length = 0;
    await expect(command.run(args)).rejects.toThrow(new UsageError(sentence));
    expect(calls).toEqual([]);
  });

  it('has a help text with all actions and options', () => {
    expect(command.help).toBe(`Handles the boxes of a room.

Usage: visiond boxes ACTION [OPTIONS]

Actions:
  open BOX      Opens a box.
  shake BOX...  Shakes boxes.
  look [BOX]    Looks into a box, or into all.
  count         Counts the boxes.

Options of open:
  --wide  Opens it wide.

Options of shake:
  --times N  How often. Default 2.

Options of all actions:
  --room NAME  Which room. Default attic.

Exit code 3 is fine.`);
  });

  it('has actions that agree on which options have values', () => {
    const other = defineAction({
      name: 'x',
      help: '',
      operands: noOperands,
      run: async () => 0,
      options: { wide: text('N', '') },
    });
    expect(() =>
      defineActions({
        name: 'y',
        summary: '',
        about: '',
        actions: [open, other],
        shared: {},
        around: (_, task) => task(''),
      }),
    ).toThrow('--wide has a value in some actions only');
  });
});
