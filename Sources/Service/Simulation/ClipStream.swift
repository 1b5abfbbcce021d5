import Glibc
import Simulation
import Timeline
public import Video

/// Makes simulated clips as one stream of bytes, for training: of each clip a line of JSON (`ClipTruth.Header`), then its pixels,
/// [frames, rows, columns, 3] bytes of red, green and blue.
public final class ClipStream {
  private enum Failure: Error {
    /// The reader went away: nobody wants more.
    case ended
    case service(ServiceError)
    case video(VideoError)
  }

  private let settings: ClipSettings
  private let path: String
  private let encoding: EncodingSettings?
  private let descriptor: Int32

  /// - Parameters:
  ///   - path: A file, FIFO or device; `-` is standard output.
  ///   - encoding: The pixels are those that come out of H.264 with these settings; nil: as they were drawn.
  public init(_ settings: ClipSettings, to path: String, encoding: EncodingSettings?) throws(ServiceError) {
    self.settings = settings
    self.path = path == "-" ? "standard output" : path
    self.encoding = encoding
    try settings.check(encoding, path: self.path)  // before a file is emptied
    signal(SIGPIPE, SIG_IGN)  // a reader that goes away shows as EPIPE
    descriptor = path == "-" ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .cannotWrite(path: self.path, code: errno) }
  }

  deinit { close(descriptor) }

  /// Writes all clips, or those that the reader takes before it goes away.
  public func write() throws(ServiceError) {
    do throws(Failure) {
      for index in 0..<settings.count { try writeClip(index) }
    } catch {
      switch error {
      case .ended: return
      case .service(let error): throw error
      case .video(let error): throw .video(error)
      }
    }
  }

  private func writeClip(_ index: Int) throws(Failure) {
    let match: SimulatedMatch
    let rate: Ratio
    let header: [UInt8]
    let coded: CodedPictures?
    do throws(ServiceError) {
      match = try settings.match(index)
      rate = try settings.frameRate()
      header = try ClipTruth.json(ClipTruth(match, frames: settings.frames, rate: rate.value).header)
      coded = try coder(rate)
    } catch {
      throw .service(error)
    }
    try header.span.withUnsafeBytes { (bytes) throws(Failure) in try write(bytes) }
    let picture = Picture(rows: settings.rows, columns: settings.columns)
    guard let coded else {
      for frame in 0..<settings.frames {
        match.render(frame: frame, into: picture)
        try write(UnsafeRawBufferPointer(picture.bytes))
      }
      return
    }
    // What a callback of the coder cannot throw itself.
    var failure: Failure?
    func take(_ picture: Picture) {
      guard failure == nil else { return }
      do throws(Failure) { try write(UnsafeRawBufferPointer(picture.bytes)) } catch { failure = error }
    }
    do throws(VideoError) {
      for frame in 0..<settings.frames where failure == nil {
        match.render(frame: frame, into: picture)
        try coded.push(picture, take)
      }
      if failure == nil { try coded.finish(take) }
    } catch {
      throw .video(error)
    }
    if let failure { throw failure }
  }

  /// Nil where pictures go out as they are drawn.
  private func coder(_ rate: Ratio) throws(ServiceError) -> CodedPictures? {
    guard let encoding else { return nil }
    let size = PictureSize(rows: settings.rows, columns: settings.columns)
    do { return try CodedPictures(size: size, rate: rate, settings: encoding) } catch { throw .video(error) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else {
        throw errno == EPIPE ? .ended : .service(.cannotWrite(path: path, code: errno))
      }
      rest = rest.dropFirst(written)
    }
  }
}
