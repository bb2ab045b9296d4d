"""The packaged recognizer in PyTorch: an interpreter of its ONNX graph whose weights are parameters.

What is trained begins at a cut of the graph. What comes before it is computed once for every line and kept.
"""
import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper

from line_format import height, step_width

# Cuts: the activation, and its channels, rows, and columns a timestep. Behind `neck` are two transformer blocks over the
# timesteps, behind `stage` also the last four blocks of convolutions, behind `pixels` is everything.
pool = 'p2o.AveragePool.1'
cuts = {'neck': (pool, 480, 1, 1), 'stage': ('p2o.Add.167', 240, height // 8, 1), 'pixels': ('x', 3, height, step_width)}
# What the packaged recognizer reads is 48 pixels high and 8 to a timestep.
pool_window = [-(-height // 16), step_width // 4]
neck_output, head_inputs = 'transpose_51.tmp_0', 120
head_weight, head_bias = 'linear_85.w_0', 'linear_85.b_0'


def arrays_of(graph):
    """All weights and constants by name."""
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    arrays.update({n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in graph.node if n.op_type == 'Constant'})
    return arrays


def with_hard_swish(nodes):
    """A hard sigmoid of x times x in one operator, whose gradient PyTorch knows in one step."""
    gates = {output: inputs[0] for kind, inputs, output, _ in nodes if kind == 'HardSigmoid'}
    swishes = [n for n in nodes if n[0] == 'Mul' and n[1][0] == gates.get(n[1][1])]
    gone = {n[1][1] for n in swishes}
    return [('HardSwish', n[1][:1], n[2], {}) if n in swishes else n for n in nodes if n[2] not in gone]


class Body(nn.Module):
    """Runs the nodes between an activation and the input of the head. (lines, channels, rows, columns * steps) -> (lines, steps, 120)."""

    def __init__(self, graph, start):
        super().__init__()
        self.start = start
        arrays = arrays_of(graph)
        needed, self.nodes = {neck_output}, []
        for node in reversed([n for n in graph.node if n.op_type != 'Constant']):
            if start in node.output or not needed.intersection(node.output):
                continue
            needed.update(i for i in node.input if i)
            self.nodes.insert(0, (node.op_type, list(node.input), node.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}))
        self.nodes = with_hard_swish(self.nodes)
        self.names, self.constants, self.weights = {}, {}, nn.ParameterList()
        for name in sorted({i for _, inputs, _, _ in self.nodes for i in inputs if i in arrays}):
            array = arrays[name]
            if array.dtype == np.float32 and array.size > 1:
                self.names[name] = len(self.weights)
                self.weights.append(nn.Parameter(torch.from_numpy(array.copy())))
            else:
                # Numbers stay on the processor, where a GPU takes them from without a copy.
                self.constants[name] = torch.from_numpy(np.array(array)).reshape(() if array.dtype == np.float32 else array.shape)

    def forward(self, x):
        # On a GPU convolutions are computed with half the bits, and what lies behind them is not.
        kind = torch.bfloat16 if x.is_cuda else torch.float32
        values = {self.start: x.to(kind) if x.is_cuda else x.contiguous(memory_format=torch.channels_last)}

        def get(name):
            if name in values:
                return values[name]
            return self.weights[self.names[name]].to(kind) if name in self.names else self.constants[name]

        for operator, inputs, output, attributes in self.nodes:
            values[output] = operators[operator]([get(i) for i in inputs if i], attributes)
            if output == pool:
                kind = torch.float32
                values[output] = values[output].to(kind)
        return values[neck_output]


class Recognizer(nn.Module):
    """What lies behind a cut, and a new head: logits of (lines, steps, classes). Class 0 is CTC's blank, class k the k-th character."""

    def __init__(self, path, characters, old_characters, cut):
        super().__init__()
        graph = onnx.load(path).graph
        self.body = Body(graph, cuts[cut][0])
        self.head = nn.Linear(head_inputs, len(characters) + 1)
        arrays = arrays_of(graph)
        weight, bias = arrays[head_weight], arrays[head_bias]
        old = {character: index + 1 for index, character in enumerate(old_characters)}
        with torch.no_grad():
            for index, old_index in [(0, 0)] + [(i + 1, old[c]) for i, c in enumerate(characters) if c in old]:
                self.head.weight[index] = torch.from_numpy(weight[:, old_index].copy())
                self.head.bias[index] = float(bias[old_index])
            for index, character in enumerate(characters):
                if character not in old:
                    self.head.weight[index + 1] = 0
                    self.head.bias[index + 1] = -6

    def weights(self):
        """Weights by the names that they have in the graph."""
        named = {name: self.body.weights[index] for name, index in self.body.names.items()}
        return {**named, head_weight: self.head.weight, head_bias: self.head.bias}

    def load(self, weights):
        """Takes those of the weights that lie behind the cut."""
        with torch.no_grad():
            for name, weight in self.weights().items():
                if name in weights:
                    weight.copy_(weights[name])

    def forward(self, x):
        return self.head(self.body(x))


def convolution(x, a):
    x, weight, bias = x[0], x[1], x[2] if len(x) > 2 else None
    pads, strides, groups = a.get('pads', [0, 0, 0, 0]), a.get('strides', [1, 1]), a.get('group', 1)
    is_pointwise = a['kernel_shape'] == [1, 1]
    if x.is_cuda and not (groups > 1 and not is_pointwise):
        return products(x, weight, bias, pads, strides, groups)
    if is_pointwise and groups == 1 and weight.shape[0] > 8:
        # A product of matrices, three times as fast on a processor where channels lie side by side.
        return F.linear(x.permute(0, 2, 3, 1), weight.flatten(1), bias).permute(0, 3, 1, 2)
    return F.conv2d(x, weight, bias, strides, (pads[0], pads[1]), a.get('dilations', [1, 1]), groups)


def products(x, weight, bias, pads, strides, groups):
    """The same by products of matrices: cuDNN plans for seconds whenever lines of another length come."""
    if groups > 1:
        return torch.addcmul(bias[:, None, None], x, weight[:, 0])
    rows, columns = weight.shape[2:]
    if rows * columns > 1:
        x = F.pad(x, (pads[1], pads[3], pads[0], pads[2]))
        height, width = (x.shape[2] - rows) // strides[0] + 1, (x.shape[3] - columns) // strides[1] + 1
        x = torch.cat([
            x[:, :, row : row + (height - 1) * strides[0] + 1 : strides[0], column : column + (width - 1) * strides[1] + 1 : strides[1]]
            for row in range(rows) for column in range(columns)
        ], 1)
    weight = weight.permute(0, 2, 3, 1).flatten(1).expand(len(x), -1, -1)
    out = torch.bmm(weight, x.flatten(2)) if bias is None else torch.baddbmm(bias[None, :, None], weight, x.flatten(2))
    return out.unflatten(2, x.shape[2:])


def cut(x, a):
    starts, ends, axes = (a['starts'], a['ends'], a.get('axes')) if 'starts' in a else (t.tolist() for t in x[1:4])
    result = x[0]
    for start, end, axis in zip(starts, ends, axes or range(len(starts))):
        size = result.shape[axis]
        start, end = (start if start >= 0 else size + start), (min(end, size) if end >= 0 else size + end)
        result = result.narrow(axis, start, end - start)
    return result


def matmul(x, y):
    # One product instead of one a line.
    return x @ y if y.dim() > 2 else (x.reshape(-1, x.shape[-1]) @ y).reshape(*x.shape[:-1], y.shape[-1])


def squeeze(x, a):
    result = x[0]
    for axis in sorted(a.get('axes') or x[1].tolist(), reverse=True):
        result = result.squeeze(axis)
    return result


def reshape(x, a):
    shape = [int(size) for size in x[1].tolist()]
    return x[0].reshape([x[0].shape[axis] if size == 0 else size for axis, size in enumerate(shape)])


operators = {
    'Add': lambda x, a: x[0] + x[1],
    'Sub': lambda x, a: x[0] - x[1],
    'Mul': lambda x, a: x[0] * x[1],
    'Div': lambda x, a: x[0] / x[1],
    'Pow': lambda x, a: x[0] * x[0] if float(x[1]) == 2 else x[0] ** x[1],
    'Sqrt': lambda x, a: torch.sqrt(x[0]),
    'Relu': lambda x, a: torch.relu(x[0]),
    'Clip': lambda x, a: x[0].clamp(a['min'], a['max']),
    # All of this network's are of a slope of 1/6.
    'HardSigmoid': lambda x, a: F.hardsigmoid(x[0]),
    'HardSwish': lambda x, a: F.hardswish(x[0]),
    'GlobalAveragePool': lambda x, a: x[0].mean(dim=(2, 3), keepdim=True),
    'AveragePool': lambda x, a: F.avg_pool2d(x[0], a['kernel_shape'], a['strides']),
    'Sigmoid': lambda x, a: torch.sigmoid(x[0]),
    'MatMul': lambda x, a: matmul(*x),
    'Softmax': lambda x, a: torch.softmax(x[0], dim=a.get('axis', -1)),
    'Concat': lambda x, a: torch.cat(x, dim=a['axis']),
    'Transpose': lambda x, a: x[0].permute(a['perm']),
    'Shape': lambda x, a: torch.tensor(list(x[0].shape)),
    'Cast': lambda x, a: x[0].to({1: torch.float32, 6: torch.int32, 7: torch.int64}[a['to']]),
    'ReduceMean': lambda x, a: x[0].mean(dim=a['axes'], keepdim=bool(a.get('keepdims', 1))),
    'BatchNormalization': lambda x, a: F.batch_norm(x[0], x[3].detach(), x[4].detach(), x[1], x[2], False, 0, a.get('epsilon', 1e-5)),
    'Conv': convolution,
    'Slice': cut,
    'Squeeze': squeeze,
    'Reshape': reshape,
}
