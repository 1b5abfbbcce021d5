/// Reads a pickle (protocol 2 to 5) that holds tensors and plain values, and nothing else.
///
/// A pickle is a program. This machine knows only the opcodes that build plain values, and calls nothing: the few
/// globals it accepts (`Pickle.Global`) are cases it handles itself. Any other opcode or global is an error that
/// names it. Time and memory grow with the pickle's length only.
struct Unpickler {
  /// The largest pickle read. Those of real models have some 100 KB; a byte of a hostile one can cost a hundred in
  /// memory.
  static let maximumByteCount = 1 << 22
  /// The longest key of a storage, in bytes: PyTorch writes numbers. Every tensor looks its own up, so a long one costs time.
  private static let maximumKeyByteCount = 256

  private var cursor: ByteCursor
  private var pickle = Pickle()
  private var stack: [Pickle.Value] = []
  /// Stack heights at the open marks; values below the last one are out of reach until it is closed.
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]
  /// The tuples that were taken for sizes or strides, by index. A memorised one may serve many tensors, for a few bytes each: they
  /// share its numbers. Tuples never change.
  private var numbers: [Int: [Int]] = [:]
  /// Where the current opcode is, counted from the start of the pickle.
  private var opcodeOffset = 0

  /// Reads one pickle from where `cursor` is and leaves the cursor behind it.
  static func read(_ cursor: inout ByteCursor) throws(TensorsError) -> Pickle {
    var machine = Unpickler(cursor: cursor)
    try machine.run()
    cursor = machine.cursor
    return machine.pickle
  }

  private init(cursor: ByteCursor) { self.cursor = cursor }

  private mutating func run() throws(TensorsError) {
    guard try cursor.byte() == Opcode.protocolVersion.rawValue else {
      throw failure("does not begin with a protocol number", expected: "a pickle of protocol 2 to 5")
    }
    let version = try cursor.byte()
    guard 2...5 ~= version else { throw failure("pickle protocol \(version)", expected: "2 to 5") }
    let end = cursor.offset + Self.maximumByteCount
    while true {
      opcodeOffset = cursor.offset
      guard opcodeOffset < end else { throw failure("the pickle has more than \(Self.maximumByteCount) bytes") }
      let code = try cursor.byte()
      guard let opcode = Opcode(rawValue: code) else {
        throw failure(
          "opcode 0x\(String(code, radix: 16)) is not allowed", expected: "one that builds tensors and plain values")
      }
      if opcode == .stop { break }
      try execute(opcode)
    }
    guard stack.count == 1, marks.isEmpty else {
      throw failure("the pickle ends with \(stack.count) values and \(marks.count) open marks", expected: "one value")
    }
    pickle.root = stack[0]
  }

  private mutating func execute(_ opcode: Opcode) throws(TensorsError) {
    switch opcode {
    case .protocolVersion, .stop: throw failure("the opcode is out of place")
    case .frame:
      let length = try cursor.count(UInt64.self)
      guard length <= cursor.remaining else { throw failure("truncated: a frame of \(length) bytes") }

    case .none: stack.append(.none)
    case .true: stack.append(.bool(true))
    case .false: stack.append(.bool(false))
    case .int8: stack.append(.int(Int(try cursor.byte())))
    case .int16: stack.append(.int(Int(try cursor.integer(UInt16.self))))
    case .int32: stack.append(.int(Int(try cursor.integer(Int32.self))))
    case .long: try pushLong()
    case .float:
      try cursor.skip(8)
      stack.append(.other)
    case .shortText: stack.append(.string(try cursor.text(Int(try cursor.byte()))))
    case .text: stack.append(.string(try cursor.text(try cursor.count(UInt32.self))))
    case .shortBytes:
      try cursor.skip(Int(try cursor.byte()))
      stack.append(.other)
    case .bytes:
      try cursor.skip(try cursor.count(UInt32.self))
      stack.append(.other)

    case .mark: marks.append(stack.count)
    case .emptyTuple: pushTuple([])
    case .tuple1: pushTuple(try pop(1))
    case .tuple2: pushTuple(try pop(2))
    case .tuple3: pushTuple(try pop(3))
    case .tuple: pushTuple(try popToMark())
    case .emptyList:
      pickle.lists.append([])
      stack.append(.list(pickle.lists.count - 1))
    case .append: try append(try pop(1))
    case .appends: try append(try popToMark())
    case .emptyDictionary: pushDictionary()
    case .setItem: try setItems(try pop(2))
    case .setItems: try setItems(try popToMark())

    case .put8: memo[Int(try cursor.byte())] = try top()
    case .put32: memo[try cursor.count(UInt32.self)] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get8: try recall(Int(try cursor.byte()))
    case .get32: try recall(try cursor.count(UInt32.self))

    case .global: try pushGlobal(module: try cursor.line(), name: try cursor.line())
    case .stackGlobal:
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw failure("a global's module and name are not texts")
      }
      try pushGlobal(module: module, name: name)
    case .persistentID: try pushStorage(try pop(1)[0])
    case .reduce:
      let call = try pop(2)
      try reduce(call[0], arguments: call[1])
    case .build:
      // An OrderedDict's attributes (`_metadata`, module versions) say nothing about the tensors.
      _ = try pop(1)
      guard case .dictionary = try top() else {
        throw failure("attributes are set on something else than a dictionary")
      }
    }
  }

  // MARK: Stack and memo

  private func failure(_ problem: String, expected: String? = nil) -> TensorsError {
    cursor.failure(problem, expected: expected, at: opcodeOffset)
  }

  /// The lowest stack height that may be popped to.
  private var floor: Int { marks.last ?? 0 }

  private func top() throws(TensorsError) -> Pickle.Value {
    guard stack.count > floor, let value = stack.last else { throw failure("the stack is empty") }
    return value
  }

  private mutating func pop(_ count: Int) throws(TensorsError) -> [Pickle.Value] {
    guard stack.count - floor >= count else {
      throw failure("the opcode needs \(count) values, the stack has \(stack.count - floor)")
    }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  private mutating func popToMark() throws(TensorsError) -> [Pickle.Value] {
    guard marks.last != nil else { throw failure("there is no open mark") }
    let values = try pop(stack.count - floor)
    marks.removeLast()
    return values
  }

  private mutating func recall(_ index: Int) throws(TensorsError) {
    guard let value = memo[index] else { throw failure("nothing was memorised as \(index)") }
    stack.append(value)
  }

  // MARK: Values

  /// Two's complement, little-endian, of any length; what 64 bits cannot hold is no size or offset of a tensor.
  private mutating func pushLong() throws(TensorsError) {
    let range = try cursor.take(Int(try cursor.byte()))
    guard range.count <= 8 else { return stack.append(.other) }
    let bytes = cursor.file.bytes[range]
    var pattern: UInt64 = bytes.last.map { $0 >= 0x80 } == true ? .max : 0
    for byte in bytes.reversed() { pattern = pattern << 8 | UInt64(byte) }
    stack.append(.int(Int(Int64(bitPattern: pattern))))
  }

  private mutating func pushTuple(_ values: [Pickle.Value]) {
    pickle.tuples.append(values)
    stack.append(.tuple(pickle.tuples.count - 1))
  }

  private mutating func pushDictionary() {
    pickle.dictionaries.append([])
    stack.append(.dictionary(pickle.dictionaries.count - 1))
  }

  private mutating func append(_ values: [Pickle.Value]) throws(TensorsError) {
    guard case .list(let index) = try top() else { throw failure("values are appended to something else than a list") }
    pickle.lists[index] += values
  }

  private mutating func setItems(_ values: [Pickle.Value]) throws(TensorsError) {
    guard case .dictionary(let index) = try top() else {
      throw failure("items are set on something else than a dictionary")
    }
    guard values.count.isMultiple(of: 2) else { throw failure("a key has no value") }
    for key in stride(from: 0, to: values.count, by: 2) {
      pickle.dictionaries[index].append((values[key], values[key + 1]))
    }
  }

  // MARK: Globals, storages, tensors

  private mutating func pushGlobal(module: String, name: String) throws(TensorsError) {
    guard let global = Pickle.Global(module: module, name: name) else {
      throw failure(
        "the global \(module).\(name) is not allowed", expected: "nothing but tensors, parameters and plain values")
    }
    stack.append(.global(global))
  }

  /// A persistent id is `("storage", storage type, key, device, element count)`, in old files with a sixth value, None.
  private mutating func pushStorage(_ identifier: Pickle.Value) throws(TensorsError) {
    guard case .tuple(let index) = identifier, 5...6 ~= pickle.tuples[index].count,
      case .string("storage") = pickle.tuples[index][0],
      case .global(.storageType(let type)) = pickle.tuples[index][1],
      case .string(let key) = pickle.tuples[index][2],
      case .int(let count) = pickle.tuples[index][4]
    else { throw failure("not the id of a storage", expected: #"("storage", type, key, device, element count)"#) }
    if pickle.tuples[index].count == 6 {
      guard case .none = pickle.tuples[index][5] else { throw failure("views of storages are not supported") }
    }
    guard key.utf8.count <= Self.maximumKeyByteCount else {
      throw failure(
        "a storage's key has \(key.utf8.count) bytes", expected: "at most \(Self.maximumKeyByteCount)")
    }
    guard count >= 0 else { throw failure("storage \(key) has \(count) elements") }
    let storage = Pickle.Storage(type: type, elementCount: count)
    guard pickle.storages.updateValue(storage, forKey: key).map({ $0 == storage }) ?? true else {
      throw failure("storage \(key) is described in two ways")
    }
    stack.append(.storage(key: key))
  }

  private mutating func reduce(_ callable: Pickle.Value, arguments: Pickle.Value) throws(TensorsError) {
    guard case .global(let global) = callable, case .tuple(let index) = arguments else {
      throw failure("calls something else than an allowed global")
    }
    let values = pickle.tuples[index]
    switch global {
    case .orderedDictionary:
      guard values.isEmpty else { throw failure("an OrderedDict is built from arguments", expected: "none") }
      pushDictionary()
    case .rebuildTensor:
      let view = try tensorView(values)
      pickle.tensors.append(view)
      stack.append(.tensor(pickle.tensors.count - 1))
    case .rebuildParameter:
      guard values.count == 3, case .tensor = values[0] else { throw failure("a parameter is not built from a tensor") }
      stack.append(values[0])
    case .storageType: throw failure("calls a storage type")
    }
  }

  /// Arguments of `_rebuild_tensor_v2`: storage, offset, sizes, strides, needs gradient, hooks.
  ///
  /// A seventh one, flags that change how the elements are read, is refused.
  private mutating func tensorView(_ arguments: [Pickle.Value]) throws(TensorsError) -> Pickle.TensorView {
    guard arguments.count == 6, case .storage(let key) = arguments[0], case .int(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw failure("a tensor is not built from storage, offset, sizes, strides, gradient flag and hooks") }
    return Pickle.TensorView(storageKey: key, offset: offset, shape: shape, strides: strides)
  }

  private mutating func integers(_ value: Pickle.Value) -> [Int]? {
    guard case .tuple(let index) = value else { return nil }
    if let known = numbers[index] { return known }
    var integers: [Int] = []
    for case .int(let integer) in pickle.tuples[index] { integers.append(integer) }
    guard integers.count == pickle.tuples[index].count else { return nil }
    numbers[index] = integers
    return integers
  }
}
