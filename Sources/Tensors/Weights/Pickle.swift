/// What a pickle of plain values and tensors describes.
///
/// Containers live in flat tables and are named by their index: a hostile file can nest them as deeply as it likes or
/// put one into itself, and nothing here recurses or leaks.
struct Pickle {
  enum Value {
    case none
    case bool(Bool)
    case int(Int)
    case string(String)
    /// A plain value that no tensor needs: a float, an integer beyond 64 bits, bytes.
    case other
    case global(Global)
    case list(Int)
    case tuple(Int)
    case dictionary(Int)
    case storage(key: String)
    case tensor(Int)
  }

  /// The only globals a pickle may name.
  enum Global: Equatable {
    case orderedDictionary
    case rebuildTensor
    case rebuildParameter
    case storageType(ElementType)

    init?(module: String, name: String) {
      switch (module, name) {
      case ("collections", "OrderedDict"): self = .orderedDictionary
      case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
      case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
      case ("torch", _):
        guard let type = ElementType.allCases.first(where: { $0.torchStorageName == name }) else { return nil }
        self = .storageType(type)
      default: return nil
      }
    }
  }

  /// Elements of one type, kept elsewhere in the file under a key.
  struct Storage: Equatable {
    let type: ElementType
    let elementCount: Int
  }

  /// A view of a storage, as claimed: offset and strides in elements, nothing checked yet.
  struct TensorView {
    let storageKey: String
    let offset: Int
    let shape: [Int]
    let strides: [Int]
  }

  var root = Value.none
  var lists: [[Value]] = []
  var tuples: [[Value]] = []
  var dictionaries: [[(key: Value, value: Value)]] = []
  var tensors: [TensorView] = []
  var storages: [String: Storage] = [:]
}
