/// Writes small ONNX files, so that tests run real graphs of a given signature without fixtures in the repository.
///
/// Numbers of fields are those of onnx.proto.
struct OnnxWriter {
    struct Node {
        var kind: String
        var inputs: [String]
        var outputs: [String]
        var numbers: [String: Int] = [:]
        var lists: [String: [Int]] = [:]
    }

    /// Inputs and outputs with their shapes; -1 is an open dimension.
    var inputs: [(name: String, shape: [Int])]
    var outputs: [(name: String, shape: [Int])]
    var nodes: [Node] = []
    var floats: [(name: String, shape: [Int], values: [Float])] = []
    var integers: [(name: String, values: [Int])] = []

    var bytes: [UInt8] {
        var graph: [UInt8] = []
        for node in nodes { graph += field(1, encode(node)) }
        graph += field(2, "graph")
        for tensor in floats {
            let raw = tensor.values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
            graph += field(
                5,
                tensor.shape.flatMap { field(1, $0) } + field(2, 1) + field(8, tensor.name) + field(9, raw))
        }
        for tensor in integers {
            let raw = tensor.values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } }
            graph += field(5, field(1, tensor.values.count) + field(2, 7) + field(8, tensor.name) + field(9, raw))
        }
        for port in inputs { graph += field(11, encode(port)) }
        for port in outputs { graph += field(12, encode(port)) }
        return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))
    }

    private func encode(_ node: Node) -> [UInt8] {
        var bytes = node.inputs.flatMap { field(1, $0) } + node.outputs.flatMap { field(2, $0) } + field(4, node.kind)
        for (name, value) in node.numbers { bytes += field(5, field(1, name) + field(3, value) + field(20, 2)) }
        for (name, values) in node.lists {
            bytes += field(5, field(1, name) + values.flatMap { field(8, $0) } + field(20, 7))
        }
        return bytes
    }

    private func encode(_ port: (name: String, shape: [Int])) -> [UInt8] {
        let dimensions = port.shape.enumerated().flatMap { index, size in
            field(1, size < 0 ? field(2, "open\(index)") : field(1, size))
        }
        return field(1, port.name) + field(2, field(1, field(1, 1) + field(2, dimensions)))
    }

    private func field(_ number: Int, _ value: Int) -> [UInt8] { varint(number << 3) + varint(value) }
    private func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    private func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(bytes.count) + bytes
    }

    private func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(value))
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

extension OnnxWriter {
    /// A graph with SCRFD's signature, its outputs named by number as InsightFace's are. A cell's score is its mean
    /// input times `gain` plus `offset`; its box reaches `reach` strides to every side of the cell's corner, its
    /// landmarks lie around it.
    static func scrfd(gain: Float, offset: Float, reach: Float) -> OnnxWriter {
        var graph = OnnxWriter(inputs: [("input.1", [1, 3, -1, -1])], outputs: [])
        let points: [Float] = [-0.4, -0.4, 0.4, -0.4, 0, 0, -0.3, 0.4, 0.3, 0.4]
        var number = 440
        // Scores of all strides first, then boxes, then landmarks, as InsightFace orders them.
        for width in [1, 4, 10] {
            for stride in [8, 16, 32] {
                let key = "\(width)_\(stride)"
                let channels = 2 * width
                let weights = [Float](repeating: width == 1 ? gain / 3 : 0, count: channels * 3)
                // Only the coarsest grid finds anything, so that a face is found once per anchor.
                let score: Float = stride == 32 ? offset : -10
                let bias: [Float] = width == 1 ? [score] : width == 4 ? [Float](repeating: reach, count: 4) : points
                graph.floats.append(("w\(key)", [channels, 3, 1, 1], weights))
                graph.floats.append(("b\(key)", [channels], bias + bias))
                graph.integers.append(("s\(key)", [-1, width]))
                number += 1
                let output = "\(number)"
                graph.nodes += [
                    Node(
                        kind: "AveragePool", inputs: ["input.1"], outputs: ["p\(key)"],
                        lists: ["kernel_shape": [stride, stride], "strides": [stride, stride]]),
                    Node(kind: "Conv", inputs: ["p\(key)", "w\(key)", "b\(key)"], outputs: ["c\(key)"]),
                    Node(kind: "Transpose", inputs: ["c\(key)"], outputs: ["t\(key)"], lists: ["perm": [0, 2, 3, 1]]),
                    Node(kind: "Reshape", inputs: ["t\(key)", "s\(key)"], outputs: [output]),
                ]
                graph.outputs.append((output, [-1, width]))
            }
        }
        return graph
    }

    /// A graph with ArcFace's signature: the embedding's first numbers are the means of the three planes.
    static func arcFace(length: Int) -> OnnxWriter {
        var graph = OnnxWriter(inputs: [("input.1", [-1, 3, 112, 112])], outputs: [("683", [-1, length])])
        var weights = [Float](repeating: 0, count: 3 * length)
        for plane in 0..<3 { weights[plane * length + plane] = 1 }
        graph.floats.append(("w", [3, length], weights))
        graph.nodes = [
            Node(kind: "GlobalAveragePool", inputs: ["input.1"], outputs: ["mean"]),
            Node(kind: "Flatten", inputs: ["mean"], outputs: ["flat"], numbers: ["axis": 1]),
            Node(kind: "MatMul", inputs: ["flat", "w"], outputs: ["683"]),
        ]
        return graph
    }
}
