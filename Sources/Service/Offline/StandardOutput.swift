internal import Glibc
internal import Tensors

/// Where results go that no file was named for.
public enum StandardOutput {
  /// Writes `text` once `files` has written what goes into files: a reader that is gone ends the process, and what took hours is kept
  /// nevertheless. `text` is written, too, where `files` fails, whose error is thrown then.
  public static func write(_ text: String, after files: () throws(ServiceError) -> Void) throws(ServiceError) {
    var failure: ServiceError?
    do throws(ServiceError) { try files() } catch { failure = error }
    try write(text)
    if let failure { throw failure }
  }

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
