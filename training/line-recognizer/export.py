"""Writes ONNX files: `python3 export.py base PACKAGED OUT` the packaged recognizer for lines of our form, `python3 export.py before CUT
BASE OUT` what comes before a cut, `python3 export.py model BASE OUT CHECKPOINT...` the recognizer with the weights of checkpoints,
the later ones over the earlier, `python3 export.py further PART BASE OUT CHECKPOINT` one that was trained on from a base which could
read: weights between those that training began and ended with read lines unlike the learned ones best (Wortsman et al. 2022, Robust
fine-tuning of zero-shot models). PART is how much of the way: 0.7 was the best of 0.4 to 1.15 for the last convolutions, on 4,500
lines in fonts that were learned from, and 0.5 of 0.5 to 1 for all of the network, on 280 printed Russian lines.
"""
import hashlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper

from line_format import height
from network import arrays_of, cuts, head_bias, head_weight, pool, pool_window


def set_array(graph, name, array):
    """Replaces a weight, which is an initializer or a constant."""
    tensor = numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name)
    for index, initializer in enumerate(graph.initializer):
        if initializer.name == name:
            graph.initializer[index].CopyFrom(tensor)
            return
    for node in graph.node:
        if node.op_type == 'Constant' and node.output[0] == name:
            node.attribute[0].t.CopyFrom(tensor)
            return
    raise KeyError(name)


def drop_unused(graph):
    needed, kept = {o.name for o in graph.output}, []
    for node in reversed(graph.node):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    del graph.node[:]
    graph.node.extend(reversed(kept))
    initializers = [i for i in graph.initializer if i.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(initializers)


if sys.argv[1] == 'base':
    packaged, out = sys.argv[2:4]
    model = onnx.load(packaged)
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = height
    for node in model.graph.node:
        if pool in node.output:
            for attribute in node.attribute:
                if attribute.name in ('kernel_shape', 'strides'):
                    attribute.ints[:] = pool_window
    del model.graph.value_info[:]
elif sys.argv[1] == 'before':
    cut, base, out = sys.argv[2:5]
    model = onnx.load(base)
    activation, channels, rows, _ = cuts[cut]
    del model.graph.output[:]
    model.graph.output.append(onnx.helper.make_tensor_value_info(activation, onnx.TensorProto.FLOAT, ['lines', channels, rows, 'columns']))
    drop_unused(model.graph)
else:
    import torch

    part = 1.0 if sys.argv[1] == 'model' else float(sys.argv.pop(2))
    base, out = sys.argv[2:4]
    model = onnx.load(base)
    weights = {}
    for path in sys.argv[4:]:
        weights.update(torch.load(path, map_location='cpu')['weights'])
    weights[head_weight] = weights[head_weight].T
    arrays = arrays_of(model.graph)
    for name, weight in weights.items():
        array = weight.numpy()
        set_array(model.graph, name, array if part == 1 else (1 - part) * arrays[name] + part * array)
    model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = len(weights[head_bias])
onnx.checker.check_model(model)
onnx.save(model, out)
print(out, hashlib.sha256(open(out, 'rb').read()).hexdigest())
