/// Where the bytes of a stream go. Each is used by one thread at a time.
protocol ByteOutput: AnyObject {
  /// Writes all of `bytes`: on a datagram transport as one datagram. Throws `VideoError` of operation `send`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(VideoError)

  /// Ends it in order. Throws when what was written before could not be delivered.
  func close() throws(VideoError)
}

extension SendingTarget {
  /// Connects, or creates the file. Waits for the other side where the target has one; `cancellation` ends that.
  func open(_ cancellation: Cancellation) throws(VideoError) -> any ByteOutput {
    switch self {
    case .network(let url, _): try NetworkOutput(url: url, cancellation: cancellation)
    case .standardOutput: try DescriptorOutput.standardOutput(cancellation)
    case .file(let path): try DescriptorOutput(path: path, cancellation: cancellation)
    }
  }
}
