/// The classes of the published tennis data, in the order of the bundled model's `classes.txt`; raw values are class indices (0 is
/// background).
public enum RallyLabel: Int, Sendable, CaseIterable {
  case farBounce = 1
  case farSwing, farServe, nearBounce, nearSwing, nearServe

  /// As in annotations, such as `far_court_bounce`.
  public var name: String {
    switch self {
    case .farBounce: "far_court_bounce"
    case .farSwing: "far_court_swing"
    case .farServe: "far_court_serve"
    case .nearBounce: "near_court_bounce"
    case .nearSwing: "near_court_swing"
    case .nearServe: "near_court_serve"
    }
  }

  static func bounce(_ end: CourtEnd) -> RallyLabel { end == .near ? .nearBounce : .farBounce }
  static func swing(_ end: CourtEnd) -> RallyLabel { end == .near ? .nearSwing : .farSwing }
  static func serve(_ end: CourtEnd) -> RallyLabel { end == .near ? .nearServe : .farServe }
}
