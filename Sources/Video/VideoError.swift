/// Why a video could not be opened, read or written: one line that names the source, the operation and the native code.
public struct VideoError: Error, Sendable, Equatable {
  public enum Operation: String, Sendable {
    case open = "cannot open"
    case probe = "cannot recognise"
    case startDecoder = "cannot start the decoder"
    case read = "cannot read"
    case convert = "cannot convert a frame"
    case connect = "cannot connect"
    case send = "cannot send"
    case create = "cannot be created"
    case startEncoder = "cannot start the encoder"
    case encode = "cannot encode a frame"
    case write = "cannot be written"
  }

  public enum Reason: Sendable, Equatable {
    case noSuchFile
    case isDirectory
    case emptyFile
    /// By the system, the network or libav; the native code says why.
    case refused
    /// Not a container that libav knows, or too damaged to tell.
    case notAVideo
    /// The same from a network, where it may also be a playlist of things that may not be opened from there; libav's words.
    case nothingPlayable(words: String?)
    /// A scheme or protocol that is not on the list of those allowed.
    case scheme(String)
    /// An option that this source does not have, or that may not be given.
    case option(String)
    /// The source was not there, or sent nothing or too little to be known, for so long.
    case noAnswer(seconds: Double)
    /// No frame came for so long.
    case stalled(seconds: Double)
    /// Only streams of other kinds, for instance "audio".
    case noVideoStream(others: String)
    case noDecoder(codec: String)
    /// The size is unknown (0) or beyond `PictureSize.largestSide` or `PictureSize.mostPixels`.
    case dimensions(PictureSize)
    case outputSize(PictureSize)
    case stride(Int)
    case threads(Int)
    /// Something declared that cannot be honoured, in words.
    case unsupported(String)
    /// The file's name does not end like that of a container that is written.
    case unknownContainer
    case noEncoder(codec: String)
    /// A size to be written that cannot have its chroma halved.
    case oddSize(PictureSize)
    case crf(Double)
    /// The end came without a single decodable frame.
    case noFrames
    case cancelled
    /// A codec that a transport stream does not carry.
    case unsendable(codec: String)
    /// Pictures do not say when they are due.
    case noTimestamps
    /// A place beyond the end.
    case noSuchPlace(seconds: Double)
    /// Nobody wants a video on a terminal.
    case isTerminal
  }

  /// Path or URL, without a password.
  public let source: String
  public let operation: Operation
  public let reason: Reason
  /// errno (positive) or an AVERROR (negative), where there is one.
  public let code: Int32?

  init(_ source: String, _ operation: Operation, _ reason: Reason, code: Int32? = nil) {
    self.source = withoutSecrets(source)
    self.operation = operation
    self.reason = reason
    self.code = code
  }
}

extension VideoError {
  /// Whether what was asked for was right, and the place to write it was not.
  public var isOutputFailure: Bool {
    operation == .write || ([.create, .connect, .send].contains(operation) && code != nil)
  }
}

extension VideoError: CustomStringConvertible {
  public var description: String {
    let native = code.map { " (\(nativeText($0)), code \($0))" } ?? ""
    return "\(source): \(operation.rawValue): \(reason)\(native)"
  }
}

extension VideoError.Reason: CustomStringConvertible {
  /// To milliseconds: times come from settings in those.
  private static func rounded(_ seconds: Double) -> Double { (seconds * 1e3).rounded() / 1e3 }

  public var description: String {
    switch self {
    case .noSuchFile: "there is no such file"
    case .isDirectory: "it is a directory"
    case .emptyFile: "the file is empty"
    case .refused: "refused"
    case .notAVideo: "not a video, of an unknown format, or damaged at its beginning"
    case .nothingPlayable(let words):
      "not a video, of an unknown format, or a playlist of what may not be opened from a network (files, concat:, …)"
        + (words.map { ": \($0)" } ?? "")
    case .scheme(let name):
      "'\(name)' is not allowed, expected a path, -, v4l2:DEVICE or one of \(SourceAddress.schemes.joined(separator: ", "))"
    case .option(let name):
      Demuxer.reservedOptions.contains(name)
        ? "the option '\(name)' may not be set" : "this source has no option '\(name)'"
    case .noAnswer(let seconds): "nothing came within \(Self.rounded(seconds)) s"
    case .stalled(let seconds): "no frame came for \(Self.rounded(seconds)) s"
    case .noVideoStream(let others): "it has no video stream, only \(others)"
    case .noDecoder(let codec): "there is no decoder for \(codec)"
    case .dimensions(let size):
      "its pictures are \(size), expected 1 to \(PictureSize.largestSide) a side and at most "
        + "\(PictureSize.mostPixels >> 20) Mpx"
    case .outputSize(let size):
      "an output of \(size) was asked for, expected 1 to \(PictureSize.largestSide) a side and at most "
        + "\(PictureSize.mostPixels >> 20) Mpx"
    case .stride(let stride): "a stride of \(stride) was asked for, expected 1 or more"
    case .threads(let threads): "\(threads) decoder threads were asked for, expected 1 to \(VideoReader.mostThreads)"
    case .unsupported(let what): "\(what) is not supported"
    case .unknownContainer: "its name should end with .mp4, .mov, .mkv or .ts"
    case .noEncoder(let codec): "libav was built without the encoder \(codec)"
    case .oddSize(let size): "pictures of \(size) have an odd side, expected even ones"
    case .crf(let crf): "a CRF of \(crf) was asked for, expected 0 to 51"
    case .noFrames: "not a single frame could be decoded"
    case .cancelled: "cancelled"
    case .unsendable(let codec): "a transport stream carries no \(codec); H.264, HEVC, MPEG-1, -2 and -4 can be sent"
    case .noTimestamps: "its pictures have no usable timestamps"
    case .noSuchPlace(let seconds): "there is nothing at \(seconds) s"
    case .isTerminal: "it is a terminal"
    }
  }
}
