"""Trains a recognizer on sets of lines, measures it on the set `test`, and writes BUILD/CUT.pt every few minutes. Goes on from it
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

from line_format import step_width
from network import Recognizer, cuts

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument('build', help='folder of the base, the sets and the checkpoint')
parser.add_argument('base_characters', help='list of characters of the base')
parser.add_argument('cut', choices=cuts, help='where the part that is trained begins')
parser.add_argument('minutes', type=float)
parser.add_argument('sets', nargs='+')
parser.add_argument('--from', dest='begin', help='a checkpoint of another cut')
parser.add_argument('--further', action='store_true', help='the base is a model that can read already')
options = parser.parse_args()
build = options.build
_, channels, rows, columns = cuts[options.cut]
# Steps, and the nats below which a line is not looked at again.
warm_up, save_every, learned = 200, 300, 0.03
# Convolutions that are right already are moved with care. Timesteps, lines a look, rates of learning of the body and the head.
steps_at_once, lines_a_look, rate, head_rate = {'neck': (3200, 3200, 1e-3, 4e-3), 'stage': (1600, 1600, 4e-4, 4e-4), 'pixels': (26000, 40000, 8e-4, 2e-3)}[options.cut]
if options.further:
    # With more care still where all of it is right already.
    rate = head_rate = rate / 2
torch.manual_seed(1)
torch.set_num_threads(int(os.environ.get('THREADS', '2')))
on_gpu = options.cut == 'pixels' and torch.cuda.is_available()
device = 'cuda' if on_gpu else 'cpu'
# cuDNN plans for seconds whenever lines of another length come; the network does without it (network.py).
torch.backends.cudnn.enabled = False
torch.backends.cuda.matmul.allow_tf32 = True
here = __file__.rsplit('/', 1)[0]


def lines_of(path):
    return open(path, encoding='utf-8').read().rstrip('\n').split('\n')


characters = lines_of(f'{here}/../../server/features/text-detection/recognizers/letters.txt') + [' ']
classes = {character: index + 1 for index, character in enumerate(characters)}
net = Recognizer(f'{build}/base.onnx', characters, lines_of(options.base_characters) + [' '], options.cut).to(device)


class Lines:
    """Inputs and texts of sets of lines, as many as are there yet."""

    def __init__(self, names):
        # Of every set how many lines are taken in, and where the text of the next one begins.
        self.sets = {name: (0, 0) for name in names}
        self.widths, self.texts, self.targets = np.zeros(0, np.int32), [], []
        # Of a line when it was last learned from, in nats.
        self.losses = torch.zeros(0, device=device)
        # A processor leaves the inputs in their files; a GPU takes the pixels in, and knows where a line begins.
        self.data, self.pixels, self.starts = [], torch.zeros(0, dtype=torch.uint8, device=device), np.zeros(0, np.int64)
        self.look()

    def look(self):
        """Takes in what was written since the last look."""
        news = [self.pixels]
        for name, (known, at) in self.sets.items():
            path = f'{build}/{name}.texts'
            if not os.path.exists(path) or not os.path.exists(f'{build}/{name}.{options.cut}') or os.path.getsize(path) == at:
                continue
            with open(path, 'rb') as file:
                file.seek(at)
                texts = [text.decode() for text in file.read().split(b'\n')[:-1]]
            widths = np.fromfile(f'{build}/{name}.widths', np.int32)
            data = np.memmap(f'{build}/{name}.{options.cut}', np.uint8 if options.cut == 'pixels' else np.float16, 'r')
            sizes = rows * widths if options.cut == 'pixels' else channels * rows * columns * -(-widths // step_width)
            starts = np.concatenate([[0], np.cumsum(sizes.astype(np.int64))])
            # Features are written behind the texts.
            texts = texts[: int(np.searchsorted(starts, len(data), 'right') - 1) - known]
            count = known + len(texts)
            if on_gpu:
                self.starts = np.concatenate([self.starts, starts[known:count] - starts[known] + sum(len(one) for one in news)])
                news.append(torch.from_numpy(data[starts[known] : starts[count]].copy()).to(device))
            else:
                self.data += [data[starts[i] : starts[i + 1]] for i in range(known, count)]
            self.widths = np.concatenate([self.widths, widths[known:count]])
            self.texts += texts
            self.targets += [np.array([classes[c] for c in text], np.int64) for text in texts]
            self.sets[name] = count, at + sum(len(text.encode()) + 1 for text in texts)
        self.pixels = torch.cat(news)
        self.losses = torch.cat([self.losses, torch.full((len(self.texts) - len(self.losses),), math.inf, device=device)])
        self.steps = -(-self.widths // step_width)

    def __len__(self):
        return len(self.texts)

    def to_learn(self, random):
        """
        Lines that were not seen yet in random order, and behind them those that were not read well; all of them if there are none.
        Most lines are read well at once, and teach nothing then (Jiang et al. 2019, Accelerating deep learning by focusing on the
        biggest losers).
        """
        losses = self.losses.cpu().numpy()
        new, unlearned = losses == math.inf, (losses > learned) & (losses < math.inf)
        order = np.concatenate([random.permutation(np.flatnonzero(lines)) for lines in (new, unlearned)])
        return order if len(order) else random.permutation(len(losses))

    def inputs(self, indices, is_spoiled=False):
        """(lines, channels, rows, columns), of which the longest line fills all."""
        longest = int(max(self.steps[i] for i in indices))
        if on_gpu:
            return self.gathered(indices, -(-longest // 8) * 8 * step_width, is_spoiled)
        out = np.zeros((len(indices), channels, rows, columns * longest), np.float32)
        for row, i in enumerate(indices):
            if options.cut == 'pixels':
                out[row, :, :, : self.widths[i]] = self.data[i].reshape(rows, -1) / np.float32(127.5) - 1
            else:
                out[row, :, :, : columns * self.steps[i]] = self.data[i].reshape(channels, rows, -1)
        return torch.from_numpy(out)

    def gathered(self, indices, width, is_spoiled):
        """The same on a GPU; lines that are spoiled differ a little in shade and noise every time that they are seen."""
        starts, widths = (torch.from_numpy(values[indices]).to(device)[:, None, None] for values in (self.starts, self.widths))
        x, y = torch.arange(width, device=device), torch.arange(rows, device=device)[:, None]
        is_inside = (x < widths).expand(-1, rows, -1)
        out = self.pixels[torch.where(is_inside, starts + y * widths + x, 0)].float() / 127.5 - 1
        if is_spoiled:
            one = lambda: torch.rand(len(indices), 1, 1, device=device)
            out = out * (0.7 + 0.4 * one()) + 0.3 * (one() - 0.5) + 0.08 * one() ** 2 * torch.randn_like(out)
            out = out.clamp(-1, 1)
        return torch.where(is_inside, out, 0)[:, None].expand(-1, channels, -1, -1)


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
    with torch.no_grad():
        for chosen in in_batches(lines, np.arange(len(lines))):
            logits = net(lines.inputs(chosen))
            for row, i in enumerate(chosen):
                text = decode(logits[row : row + 1, : lines.steps[i]])[0]
                wrong += edits(text, lines.texts[i])
                length += len(lines.texts[i])
                exact += text == lines.texts[i]
    return wrong / length, exact / len(lines)


def in_batches(lines, indices):
    """Lines of about the same length together, as many as have `steps_at_once` timesteps."""
    batches, batch = [], []
    for i in sorted(indices, key=lambda i: lines.steps[i]):
        if batch and (len(batch) + 1) * lines.steps[i] > steps_at_once:
            batches.append(batch)
            batch = []
        batch.append(i)
    return batches + [batch]


def batches(lines, random):
    """Batches in random order, for ever."""
    while True:
        lines.look()
        order = lines.to_learn(random)
        # As long as lines are added, the newest come in after a short while.
        for at in range(0, len(order), lines_a_look):
            chunks = in_batches(lines, order[at : at + lines_a_look])
            random.shuffle(chunks)
            yield from chunks
            if not all(os.path.exists(f'{build}/{name}.languages') for name in lines.sets):
                break


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
data, test = Lines(options.sets), Lines(['test'])
while len(data) < 2000 and not all(os.path.exists(f'{build}/{name}.languages') for name in data.sets):
    time.sleep(1)
    data.look()
print(f'{len(data)} lines to learn from, {len(test)} to measure on, {len(classes) + 1} classes; from step {step}', flush=True)


def save():
    weights = {name: weight.detach().cpu() for name, weight in net.weights().items()}
    torch.save({'weights': weights, 'optimizer': optimizer.state_dict(), 'step': step, 'spent': spent}, checkpoint + '.new')
    os.replace(checkpoint + '.new', checkpoint)


losses, last = [], time.time()
for chosen in batches(data, np.random.RandomState(step + 1)):
    now = time.time()
    spent, last = spent + now - last, now
    if spent > 60 * options.minutes:
        break
    # A cosine over the time that there is (Loshchilov and Hutter 2017).
    share = min(1, step / warm_up) * 0.5 * (1 + math.cos(math.pi * spent / (60 * options.minutes)))
    for group, highest in zip(optimizer.param_groups, (rate, head_rate)):
        group['lr'] = highest * share
    logits = F.log_softmax(net(data.inputs(chosen, is_spoiled=True)), -1).permute(1, 0, 2)
    targets = [data.targets[i] for i in chosen]
    lengths = torch.tensor([len(t) for t in targets])
    line_losses = F.ctc_loss(
        logits, torch.from_numpy(np.concatenate(targets)).to(device), torch.from_numpy(data.steps[chosen].astype(np.int64)),
        lengths, reduction='none', zero_infinity=True,
    )
    data.losses[chosen] = line_losses.detach()
    loss = (line_losses / lengths.to(device)).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimizer.step()
    step += 1
    losses.append(loss.detach())
    if step % 100 == 0:
        mean = torch.stack(losses).mean().item()
        print(f'step {step}, {spent / 60:.1f} of {options.minutes:.1f} minutes, {len(data)} lines, loss {mean:.4f}', flush=True)
        losses.clear()
    if step % save_every == 0:
        save()
    if step % (5 * save_every) == 0:
        error, exact = measure(test)
        print(f'step {step}: character error rate {error:.4f}, exact lines {exact:.3f}', flush=True)
        last = time.time()
save()
error, exact = measure(test)
print(f'step {step}: character error rate {error:.4f}, exact lines {exact:.3f}', flush=True)
