extension Unpickler {
  /// The opcodes that build plain values, with their codes in the pickle format.
  enum Opcode: UInt8 {
    case protocolVersion = 0x80
    case frame = 0x95
    case stop = 0x2E  // .
    case mark = 0x28  // (

    case none = 0x4E  // N
    case `true` = 0x88
    case `false` = 0x89
    case int8 = 0x4B  // K
    case int16 = 0x4D  // M
    case int32 = 0x4A  // J
    case long = 0x8A
    case float = 0x47  // G
    case shortText = 0x8C
    case text = 0x58  // X
    case shortBytes = 0x43  // C
    case bytes = 0x42  // B

    case emptyTuple = 0x29  // )
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case tuple = 0x74  // t
    case emptyList = 0x5D  // ]
    case append = 0x61  // a
    case appends = 0x65  // e
    case emptyDictionary = 0x7D  // }
    case setItem = 0x73  // s
    case setItems = 0x75  // u

    case put8 = 0x71  // q
    case put32 = 0x72  // r
    case memoize = 0x94
    case get8 = 0x68  // h
    case get32 = 0x6A  // j

    case global = 0x63  // c
    case stackGlobal = 0x93
    case persistentID = 0x51  // Q
    case reduce = 0x52  // R
    case build = 0x62  // b
  }
}
