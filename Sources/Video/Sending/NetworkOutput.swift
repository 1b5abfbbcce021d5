import CLibav
import Glibc

/// A URL that libav writes to. Owns libav's connection.
final class NetworkOutput: ByteOutput {
  /// SRT receivers hold data back, 0.12 s unless told otherwise, and forget them when the connection closes.
  private static let lingerMilliseconds: Int32 = 1_000
  private static let pollMilliseconds: Int32 = 50

  private let url: String
  private let cancellation: Cancellation
  private var connection: UnsafeMutablePointer<AVIOContext>?

  init(url: String, cancellation: Cancellation) throws(VideoError) {
    _ = silenceLibav
    self.url = url
    self.cancellation = cancellation
    var interrupt = AVIOInterruptCB(
      callback: { opaque in
        // This output holds the cancellation longer than libav holds the pointer.
        let cancellation = Unmanaged<Cancellation>.fromOpaque(opaque.unsafelyUnwrapped).takeUnretainedValue()
        return cancellation.isCancelled ? 1 : 0
      },
      opaque: Unmanaged.passUnretained(cancellation).toOpaque())
    // Direct: each write is one datagram, and none waits for the next.
    let code = avio_open2(&connection, url, AVIO_FLAG_WRITE | AVIO_FLAG_DIRECT, &interrupt, nil)
    if code < 0 { throw failure(.connect, code) }
  }

  deinit { avio_closep(&connection) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(VideoError) {
    avio_write(connection, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(bytes.count))
    if let code = connection?.pointee.error, code < 0 { throw failure(.send, code) }
  }

  func close() throws(VideoError) {
    var waited: Int32 = 0
    while url.hasPrefix("srt:") && waited < Self.lingerMilliseconds && !cancellation.isCancelled {
      poll(nil, 0, Self.pollMilliseconds)
      waited += Self.pollMilliseconds
    }
    let code = avio_closep(&connection)
    if code < 0 { throw failure(.send, code) }
  }

  private func failure(_ operation: VideoError.Operation, _ code: Int32) -> VideoError {
    VideoError(url, operation, cancellation.isCancelled ? .cancelled : .refused, code: code)
  }
}
