"""Makes an 8-bit copy of a detector from the value ranges measured in advance by `calibrate.py`."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Processors without VNNI add two 8-bit products in 16 bits and saturate; weights of 7 bits leave the room for that.
WEIGHT_LIMIT = 64


def convolution_inputs(graph: onnx.GraphProto) -> list[str]:
    """The tensors that become 8-bit, in graph order: whatever a convolution reads."""
    return list(dict.fromkeys(node.input[0] for node in graph.node if node.op_type == "Conv"))


def quantise(model: onnx.ModelProto, ranges: dict[str, list[float]]) -> None:
    """Puts a quantise-dequantise pair on every convolution's input, and gives it 8-bit weights, one scale a channel.

    `ranges` holds the smallest and the largest value of each tensor that `convolution_inputs` names. The pairs say
    where 8 bits are enough, and a runtime fuses them into integer convolutions. Additions, the heads' outputs and
    biases stay float.
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    rounded = {graph_input.name: _activation_pair(graph, nodes, graph_input.name, ranges[graph_input.name])
               for graph_input in graph.input}
    quantised_weights: dict[str, str] = {}
    for node in graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = rounded.get(name, name)
        if node.op_type == "Conv":
            weight = node.input[1]
            if weight not in quantised_weights:
                quantised_weights[weight] = _weight_pair(graph, nodes, weights[weight])
            node.input[1] = quantised_weights[weight]
        nodes.append(node)
        for name in node.output:
            if name in ranges:
                rounded[name] = _activation_pair(graph, nodes, name, ranges[name])
    _replace(graph.node, nodes)
    _replace(graph.initializer, [tensor for tensor in graph.initializer if tensor.name not in quantised_weights])
    # Scales per channel came with operator set 13; the operators used here mean the same as in 11.
    for opset in model.opset_import:
        if opset.domain == "":
            opset.version = max(opset.version, 13)


def _activation_pair(graph: onnx.GraphProto, nodes: list, name: str, bounds: list[float]) -> str:
    low, high = min(bounds[0], 0.0), max(bounds[1], 0.0)  # 0 must be exact: it is what padding adds
    scale = np.float32((high - low) / 255 or 1)
    zero = np.uint8(np.clip(np.rint(-low / scale), 0, 255))
    _constant(graph, np.array(scale, np.float32), f"{name}_scale")
    _constant(graph, np.array(zero, np.uint8), f"{name}_zero")
    grid, integers, result = [f"{name}_scale", f"{name}_zero"], f"{name}_quantised", f"{name}_rounded"
    nodes.append(helper.make_node("QuantizeLinear", [name, *grid], [integers], f"{name}_quantise"))
    nodes.append(helper.make_node("DequantizeLinear", [integers, *grid], [result], f"{name}_dequantise"))
    return result


def _weight_pair(graph: onnx.GraphProto, nodes: list, tensor: onnx.TensorProto) -> str:
    name, weight = tensor.name, numpy_helper.to_array(tensor)
    largest = np.abs(weight).max(axis=(1, 2, 3))
    scale = np.where(largest > 0, largest, 1).astype(np.float32) / np.float32(WEIGHT_LIMIT)
    integers = np.clip(np.rint(weight / scale[:, None, None, None]), -WEIGHT_LIMIT, WEIGHT_LIMIT).astype(np.int8)
    _constant(graph, integers, f"{name}_quantised")
    _constant(graph, scale, f"{name}_scale")
    _constant(graph, np.zeros(scale.shape, np.int8), f"{name}_zero")
    inputs = [f"{name}_quantised", f"{name}_scale", f"{name}_zero"]
    nodes.append(helper.make_node("DequantizeLinear", inputs, [f"{name}_rounded"], f"{name}_dequantise", axis=0))
    return f"{name}_rounded"


def _constant(graph: onnx.GraphProto, value: np.ndarray, name: str) -> None:
    graph.initializer.append(numpy_helper.from_array(value, name))


def _replace(field, items: list) -> None:
    del field[:]
    field.extend(items)
