/// The name and shape a model expects of one of its tensors.
public struct TensorLayout: Sendable, Hashable {
  public let name: String
  public let shape: [Int]

  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

extension StateDict {
  /// How many tensors of each kind an error of `check(against:ignoring:)` names; the others are counted.
  private static let maximumListed = 20

  /// Makes sure that the file holds exactly the tensors of `layout`, in any order and of any element type.
  ///
  /// The error names every missing, surplus and wrongly shaped tensor, up to 20 of each.
  /// - Parameter isIgnored: names that are looked for neither in the file nor in `layout`.
  public func check(
    against layout: [TensorLayout], ignoring isIgnored: (String) -> Bool = { _ in false }
  ) throws(TensorsError) {
    let expected = layout.filter { !isIgnored($0.name) }
    let expectedNames = Set(expected.map(\.name))

    let missing = expected.filter { self[$0.name] == nil }.map { "\($0.name) \($0.shape)" }
    let surplus = entries.filter { !expectedNames.contains($0.name) && !isIgnored($0.name) }
      .map { "\($0.name) \($0.shape)" }
    let misshapen = expected.compactMap { tensor -> String? in
      guard let entry = self[tensor.name], entry.shape != tensor.shape else { return nil }
      return "\(tensor.name) \(entry.shape), not \(tensor.shape)"
    }
    let problems = [
      Self.list(missing, title: "missing"), Self.list(surplus, title: "surplus"),
      Self.list(misshapen, title: "of wrong shape"),
    ].compactMap(\.self)
    guard problems.isEmpty else {
      throw TensorsError(path: path, problem: "does not fit the model: " + problems.joined(separator: "; "))
    }
  }

  private static func list(_ items: [String], title: String) -> String? {
    if items.isEmpty { return nil }
    let rest = items.count > maximumListed ? ", and \(items.count - maximumListed) more" : ""
    return "\(items.count) \(title): " + items.prefix(maximumListed).joined(separator: ", ") + rest
  }
}
