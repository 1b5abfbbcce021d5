/// `source` as it may stand in logs, messages and on the bus: a URL's user information, and the values of those of its options that
/// hold secrets (`passphrase` of SRT, `password`, `token`, `key` and the like), are replaced by `***`.
package func withoutSecrets(_ source: String) -> String {
  guard let scheme = source.firstRange(of: "://") else { return source }
  var rest = source[scheme.upperBound...]
  let authority = rest.prefix { $0 != "/" && $0 != "?" }
  var hidden = ""
  if let at = authority.lastIndex(of: "@") {
    rest = rest[at...]
    hidden = "***"
  }
  let option = /([?&](?:passphrase|password|passwd|pass|pwd|token|access_token|auth|key|secret|sig|signature)=)[^&#]*/
  return source[..<scheme.upperBound] + hidden + rest.replacing(option.ignoresCase()) { "\($0.output.1)***" }
}
