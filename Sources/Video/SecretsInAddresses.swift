/// `source` as it may stand in logs, messages and on the bus: a URL's user information, and the values of those of its options that
/// hold secrets (`passphrase` of SRT, `password`, `token`, `key`, `signature` and the like, also as the last part of a name), are
/// replaced by `***`.
package func withoutSecrets(_ source: String) -> String {
  guard let scheme = source.firstRange(of: "://") else { return source }
  var rest = source[scheme.upperBound...]
  let authority = rest.prefix { $0 != "/" && $0 != "?" }
  var hidden = ""
  if let at = authority.lastIndex(of: "@") {
    rest = rest[at...]
    hidden = "***"
  }
  return source[..<scheme.upperBound] + hidden + withoutSecretValues(String(rest))
}

/// What a library said, which may quote what came from a network: without the secrets of any address in it, and without the
/// characters that control terminals.
package func presentable(words: String) -> String {
  let printable = String(words.unicodeScalars.filter { $0.properties.generalCategory != .control })
  return withoutSecretValues(printable.replacing(#/://[^/?\s]*@/#, with: "://***@"))
}

/// Hides what follows the names of options that hold secrets, up to the next option.
private func withoutSecretValues(_ text: String) -> String {
  // Alone or as the last part of a name: X-Amz-Signature, api_key, streamKey as it is often written.
  let option =
    #/([?&](?:[\w\-.]*[\-_.])?(?:passphrase|password|passwd|pass|pwd|auth|sig|signature|hmac|jwt|hdn(?:ts|ea|tl)|(?:api|access|auth|session|stream)?(?:key|token|secret))=)[^&#]*/#
  return text.replacing(option.ignoresCase()) { "\($0.output.1)***" }
}
