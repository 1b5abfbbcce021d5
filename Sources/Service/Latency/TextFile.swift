internal import Tensors

/// Writes a result that is text.
public enum TextFile {
  /// Writes the file at `path` whole or not at all.
  public static func write(_ text: String, to path: String) throws(ServiceError) {
    let bytes = Array(text.utf8)
    do throws(TensorsError) {
      try FileReplacement.write(to: path) { (file) throws(TensorsError) in try file.write(bytes) }
    } catch {
      throw .output(error)
    }
  }
}
