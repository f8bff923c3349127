"""Turns published ONNX files into files that the inference runtimes load: plain float weights, free picture size."""

import numpy as np
import onnx
from onnx import numpy_helper


def dequantise(model: onnx.ModelProto) -> None:
    """Replaces block-quantised weights by the float weights they stand for.

    The published files store each weight as 8-bit blocks followed by DequantizeLinear and often Reshape, both of them
    constant; SFace also lists the weights among the graph's inputs. Neither ONNX Runtime nor OpenVINO loads that. What
    is constant is computed here once, and only what the graph still uses is kept.
    """
    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    renamed: dict[str, str] = {}
    nodes = []
    for node in graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = renamed.get(name, name)
        values = [constants.get(name) for name in node.input]
        known = all(value is not None for value in values)
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "DequantizeLinear" and known:
            constants[node.output[0]] = _dequantised(values, _integers(node))
        elif node.op_type == "Reshape" and known:
            constants[node.output[0]] = values[0].reshape([int(length) for length in values[1]])
        elif node.op_type == "Dropout":
            renamed[node.output[0]] = node.input[0]  # passes its input through outside training
        else:
            nodes.append(node)

    used = {name for node in nodes for name in node.input}
    _replace(graph.node, nodes)
    _replace(graph.input, [value for value in graph.input if value.name in used and value.name not in constants])
    _replace(graph.initializer, [_tensor(value, name) for name, value in constants.items()])
    _drop_unused(graph)
    # Only DequantizeLinear in blocks needed operator set 21; 17 keeps older runtimes able to load the file.
    for opset in model.opset_import:
        if opset.domain == "":
            opset.version = min(opset.version, 17)


def free_shape(model: onnx.ModelProto) -> None:
    """Makes batch, height and width of a detector's input free; the published files say 1 x 3 x 640 x 640.

    Three things had the size baked in: the declared shapes, the target lengths of the Resize nodes of the feature
    pyramid (always twice the input, so a factor says the same), and the Reshape nodes in front of the outputs.
    """
    graph = model.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Resize":
            doubled = f"{node.name}_twice"
            graph.initializer.append(_tensor(np.array([1, 1, 2, 2], np.float32), doubled))
            _replace(node.input, [node.input[0], node.input[1], doubled])
        elif node.op_type == "Reshape":
            columns = int(constants[node.input[1]][-1])
            rows = f"{node.name}_rows"
            graph.initializer.append(_tensor(np.array([0, -1, columns], np.int64), rows))
            node.input[1] = rows

    _replace(graph.value_info, [])  # the declared shapes of intermediate results: of 640 x 640, and optional
    _set_shape(graph.input[0], ["batch", 3, "height", "width"])
    for output in graph.output:
        stride = output.name.rsplit("_", 1)[1]
        columns = output.type.tensor_type.shape.dim[-1].dim_value
        _set_shape(output, ["batch", f"anchors_{stride}", columns])
    _drop_unused(graph)


def finish(model: onnx.ModelProto) -> bytes:
    """Checks the model and gives its file content, which depends on nothing but the model.

    Throws `onnx.checker.ValidationError` when a conversion left the graph inconsistent.
    """
    _replace(model.graph.value_info, [])  # it may still name tensors that a conversion took away
    model.ir_version = min(model.ir_version, 9)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def _dequantised(values: list[np.ndarray], attributes: dict[str, int]) -> np.ndarray:
    """(q - zero) * scale with one scale for all, one a channel, or one a block along an axis."""
    quantised = values[0].astype(np.float32)
    scale = values[1].astype(np.float32)
    zero = values[2].astype(np.float32) if len(values) > 2 else np.zeros_like(scale)
    axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)
    if block > 0:
        length = quantised.shape[axis]  # the last block may be shorter than the others
        scale = np.repeat(scale, block, axis=axis).take(range(length), axis=axis)
        zero = np.repeat(zero, block, axis=axis).take(range(length), axis=axis)
    elif scale.size > 1:
        shape = [-1 if index == axis else 1 for index in range(quantised.ndim)]
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return (quantised - zero) * scale


def _integers(node: onnx.NodeProto) -> dict[str, int]:
    return {attribute.name: attribute.i for attribute in node.attribute}


def _tensor(value: np.ndarray, name: str) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(value).reshape(value.shape), name)


def _replace(field, items: list) -> None:
    del field[:]
    field.extend(items)


def _drop_unused(graph: onnx.GraphProto) -> None:
    used = {name for node in graph.node for name in node.input}
    _replace(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in used])


def _set_shape(value: onnx.ValueInfoProto, lengths: list[int | str]) -> None:
    shape = value.type.tensor_type.shape
    _replace(shape.dim, [])
    for length in lengths:
        dimension = shape.dim.add()
        if isinstance(length, str):
            dimension.dim_param = length
        else:
            dimension.dim_value = length
