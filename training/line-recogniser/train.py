"""Trains a recogniser on sets of lines, measures it on the set `test`, and writes BUILD/CUT.pt every few minutes. Goes on from it
when it is there, and begins with `--from` else.
"""
import argparse
import math
import os
import time

# Threads of OpenBLAS wait for each other longer than they compute on matrices as small as these.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np
import torch
import torch.nn.functional as F

from network import Recogniser, cuts

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('build', help='folder of the base, the sets and the checkpoint')
parser.add_argument('base_characters', help='list of characters of the base')
parser.add_argument('cut', choices=cuts, help='where the part that is trained begins')
parser.add_argument('minutes', type=float)
parser.add_argument('sets', nargs='+')
parser.add_argument('--from', dest='begin', help='a checkpoint of another cut')
options = parser.parse_args()
build = options.build
_, channels, rows, columns = cuts[options.cut]
warm_up, save_every = 200, 300
# Convolutions that are right already are moved with care.
batch, rate, head_rate = (64, 1e-3, 4e-3) if options.cut == 'neck' else (32, 4e-4, 4e-4)
step_width = 8
torch.manual_seed(1)
torch.set_num_threads(int(os.environ.get('THREADS', '2')))
device = 'cuda' if torch.cuda.is_available() else 'cpu'
here = __file__.rsplit('/', 1)[0]


def lines_of(path):
    return open(path, encoding='utf-8').read().rstrip('\n').split('\n')


characters = lines_of(f'{here}/../../server/features/text-detection/recognizers/letters.txt') + [' ']
classes = {character: index + 1 for index, character in enumerate(characters)}
net = Recogniser(f'{build}/base.onnx', characters, lines_of(options.base_characters) + [' '], options.cut).to(device)


class Lines:
    """Inputs and texts of a set of lines, as many as are there yet."""

    def __init__(self, name):
        self.widths = np.fromfile(f'{build}/{name}.widths', np.int32)
        self.steps = -(-self.widths // step_width)
        self.texts = open(f'{build}/{name}.texts', encoding='utf-8').read().split('\n')
        kind, sizes = (np.uint8, rows * self.widths) if options.cut == 'pixels' else (np.float16, channels * rows * columns * self.steps)
        self.data = np.memmap(f'{build}/{name}.{options.cut}', kind, 'r')
        self.starts = np.concatenate([[0], np.cumsum(sizes.astype(np.int64))])
        self.count = int(np.searchsorted(self.starts, len(self.data), 'right') - 1)

    def inputs(self, indices):
        longest = max(self.steps[i] for i in indices)
        out = np.zeros((len(indices), channels, rows, columns * longest), np.float32)
        for row, i in enumerate(indices):
            values = self.data[self.starts[i] : self.starts[i + 1]]
            if options.cut == 'pixels':
                out[row, :, :, : self.widths[i]] = values.reshape(rows, -1) / np.float32(127.5) - 1
            else:
                out[row, :, :, : columns * self.steps[i]] = values.reshape(channels, rows, -1)
        return torch.from_numpy(out).to(device)


def decode(logits):
    """The likeliest text by greedy CTC."""
    texts = []
    for row in logits.argmax(-1).tolist():
        kept = [k for at, k in enumerate(row) if k and (at == 0 or row[at - 1] != k)]
        texts.append(''.join(characters[k - 1] for k in kept).strip())
    return texts


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def measure(lines):
    """Character error rate, and the part of lines without an error."""
    wrong = length = exact = 0
    order = np.argsort(lines.steps[: lines.count])
    with torch.no_grad():
        for at in range(0, lines.count, batch):
            chosen = order[at : at + batch]
            logits = net(lines.inputs(chosen))
            for row, i in enumerate(chosen):
                text = decode(logits[row : row + 1, : lines.steps[i]])[0]
                wrong += edits(text, lines.texts[i])
                length += len(lines.texts[i])
                exact += text == lines.texts[i]
    return wrong / length, exact / lines.count


def batches(data, random):
    """Batches of lines of about the same length, in random order, for ever."""
    while True:
        index = [(k, i) for k, lines in enumerate(data) for i in range(lines.count)]
        random.shuffle(index)
        for at in range(0, len(index), 50 * batch):
            part = sorted(index[at : at + 50 * batch], key=lambda one: (one[0], data[one[0]].steps[one[1]]))
            chunks = [part[b : b + batch] for b in range(0, len(part), batch)]
            random.shuffle(chunks)
            for chunk in chunks:
                for k in {k for k, _ in chunk}:
                    yield data[k], [i for other, i in chunk if other == k]


optimizer = torch.optim.AdamW([{'params': net.body.parameters(), 'lr': rate}, {'params': net.head.parameters(), 'lr': head_rate}], weight_decay=1e-4)
checkpoint = f'{build}/{options.cut}.pt'
step, spent = 0, 0.0
if os.path.exists(checkpoint):
    saved = torch.load(checkpoint, map_location=device)
    net.load(saved['weights'])
    optimizer.load_state_dict(saved['optimizer'])
    step, spent = saved['step'], saved['spent']
elif options.begin:
    net.load(torch.load(options.begin, map_location=device)['weights'])
data = [Lines(name) for name in options.sets]
test = Lines('test')
print(f'{sum(lines.count for lines in data)} lines to learn from, {test.count} to measure on, {len(classes) + 1} classes; from step {step}', flush=True)


def save():
    weights = {name: weight.detach().cpu() for name, weight in net.weights().items()}
    torch.save({'weights': weights, 'optimizer': optimizer.state_dict(), 'step': step, 'spent': spent}, checkpoint + '.new')
    os.replace(checkpoint + '.new', checkpoint)


losses, last = [], time.time()
for lines, chosen in batches(data, np.random.RandomState(step + 1)):
    now = time.time()
    spent, last = spent + now - last, now
    if spent > 60 * options.minutes:
        break
    # A cosine over the time that there is (Loshchilov and Hutter 2017).
    share = min(1, step / warm_up) * 0.5 * (1 + math.cos(math.pi * spent / (60 * options.minutes)))
    for group, highest in zip(optimizer.param_groups, (rate, head_rate)):
        group['lr'] = highest * share
    logits = F.log_softmax(net(lines.inputs(chosen)), -1).permute(1, 0, 2)
    texts = [[classes[c] for c in lines.texts[i]] for i in chosen]
    lengths = torch.tensor([int(lines.steps[i]) for i in chosen])
    loss = F.ctc_loss(logits, torch.tensor(sum(texts, []), device=device), lengths, torch.tensor([len(t) for t in texts]), zero_infinity=True)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimizer.step()
    step += 1
    losses.append(loss.item())
    if step % 100 == 0:
        print(f'step {step}, {spent / 60:.1f} of {options.minutes:.0f} minutes, loss {sum(losses[-100:]) / len(losses[-100:]):.4f}', flush=True)
    if step % save_every == 0:
        save()
    if step % (5 * save_every) == 0:
        error, exact = measure(test)
        print(f'step {step}: character error rate {error:.4f}, exact lines {exact:.3f}', flush=True)
        last = time.time()
save()
error, exact = measure(test)
print(f'step {step}: character error rate {error:.4f}, exact lines {exact:.3f}', flush=True)
