import AdaSpot
import Tensors

/// What a checkpoint holds, as tables.
struct WeightsReport {
  /// Tensors that belong together.
  private struct Group {
    let name: String
    var tensors: [StateDict.Entry] = []
    var numbers: Int { tensors.reduce(0) { $0 + $1.elementCount } }
    /// The element types that occur, the most frequent first.
    var types: String {
      Dictionary(grouping: tensors, by: \.dtype.rawValue)
        .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        .map(\.key).joined(separator: ", ")
    }
  }

  private let state: StateDict

  init(_ state: StateDict) { self.state = state }

  /// The file's facts and a line for each part of the network.
  var text: String {
    let groups = Self.groups(state.entries)
    var table = TextTable(
      [.left, .right, .right, .left, .left], header: ["part", "tensors", "numbers", "types", "remark"])
    for group in groups {
      let ignored = group.tensors.count { NetworkWeights.isIgnored($0.name) }
      let remark = ignored == 0 ? "" : ignored == group.tensors.count ? "training" : "\(ignored) for training"
      table.add([group.name, "\(group.tensors.count)", "\(group.numbers)", group.types, remark])
    }
    return facts + "\n" + table.text
  }

  /// The file's facts and a line for each tensor.
  var listing: String {
    var table = TextTable(
      [.left, .left, .left, .right, .left], header: ["tensor", "type", "shape", "numbers", "remark"])
    for entry in state.entries {
      let shape = entry.shape.map(String.init).joined(separator: "×")
      table.add([
        entry.name, entry.dtype.rawValue, shape, "\(entry.elementCount)",
        NetworkWeights.isIgnored(entry.name) ? "training" : "",
      ])
    }
    return facts + "\n" + table.text
  }

  private var facts: String {
    let used = state.entries.filter { !NetworkWeights.isIgnored($0.name) }
    let all = Group(name: "", tensors: state.entries)
    var facts = [
      ("weights", state.path),
      ("format", state.format.rawValue),
      ("size", "\(state.byteCount) bytes"),
      ("types", all.types),
      ("tensors", "\(all.tensors.count), of which inference reads \(used.count)"),
      ("numbers", "\(all.numbers), of which inference reads \(Group(name: "", tensors: used).numbers)"),
    ]
    facts += state.metadata.sorted { $0.key < $1.key }.map { ("metadata \($0.key)", $0.value) }
    return TextTable.facts(facts)
  }

  /// By the first part of the name, a backbone by its stages too, in the file's order.
  private static func groups(_ entries: [StateDict.Entry]) -> [Group] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for entry in entries {
      let parts = entry.name.split(separator: ".")
      let depth = parts.first?.hasSuffix("_backbone") == true ? 2 : 1
      let name = parts.prefix(depth).joined(separator: ".")
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append(Group(name: name))
      }
      groups[place].tensors.append(entry)
    }
    return groups
  }
}
