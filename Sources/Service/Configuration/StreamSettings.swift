package import Bus
internal import Foundation
import Spotting
import Video

/// The settings of one stream, understood and in range.
package struct StreamSettings: Sendable {
  /// What is watched: a path or a URL.
  package let input: String
  /// What to simulate where the input is `test:`; nil: it is something to open.
  let test: TestInput?
  /// Under which its messages are published.
  package let name: Name
  /// Its model's folder.
  package let model: String
  package let source: SourceSettings
  package let isRealtime: Bool
  package let driving: DrivingSettings
  package let threshold: Double
  /// Nil: the model's data set decides.
  package let nmsWindow: Int?
  package let startPadding: Int
  /// As it was given, for errors: the model's clips bound it further.
  let writtenPadding: SettingValue

  /// The largest start padding whatever the model.
  private static let mostPadding = 10_000

  init(_ sources: SettingSources) throws(ServiceError) {
    let source = try sources[.input]
    input = try source.text("a path or URL")
    test = TestInput.isTest(input) ? try TestInput(source) : nil
    let value = try sources[.stream]
    do { name = try Name(value.text) } catch { throw value.error("a stream name: \(error)") }
    if let folder = sources.value(of: .model) {
      model = try folder.text("a folder")
    } else {
      model = try ModelLocator().folder()
    }
    self.source = try SourceSettings(sources)
    let isPaced = try sources[.realtime].flag()
    isRealtime = isPaced || test?.isRealtime == true
    driving = try DrivingSettings(sources)
    threshold = try sources[.threshold].number(0...1)
    nmsWindow = try sources.value(of: .nmsWindow)?.integer(1...NMS.largestWindow)
    writtenPadding = try sources[.startPadding]
    startPadding = try writtenPadding.integer(0...Self.mostPadding)
  }

  /// Whether the input is a file that can be read at once.
  var isFile: Bool { fileType == S_IFREG }

  /// Whether opening the input may wait for somebody to send: a URL, a FIFO, a device, an SDP file. What is refused, or not there,
  /// waits for nothing.
  package var waitsForSender: Bool {
    guard test == nil, let address = try? SourceAddress(input) else { return false }
    return address.mayWait || ![nil, S_IFREG, S_IFDIR].contains(fileType)
  }

  /// Nil where there is no such file.
  private var fileType: mode_t? {
    var status = stat()
    return stat(input, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
