internal import Glibc
internal import Tensors

/// Where results go that no file was named for.
public enum StandardOutput {
  /// Writes `text` whole; unlike `print`, says so when that fails.
  public static func write(_ text: String) throws(ServiceError) {
    do throws(TensorsError) {
      // A copy of the descriptor, because the writer closes its own.
      try FileReplacement(descriptor: dup(STDOUT_FILENO), path: "standard output").write(Array(text.utf8))
    } catch {
      throw .output(error)
    }
  }
}
