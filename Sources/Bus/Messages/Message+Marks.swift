extension Message {
  /// An attribute of the envelope that is there when true.
  enum Mark: String { case retained, replay }

  /// `json`, an envelope, with `mark`; all else stays as it is, byte for byte.
  static func marking(_ json: [UInt8], _ mark: Mark) -> [UInt8] {
    guard let brace = json.firstIndex(of: UInt8(ascii: "{")) else { return json }
    return json[...brace] + Array("\"\(mark.rawValue)\":true,".utf8) + json[(brace + 1)...]
  }
}
