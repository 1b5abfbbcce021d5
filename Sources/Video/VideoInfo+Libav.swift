import CLibav
import Timeline

extension VideoInfo {
  /// Reads the facts off an opened container. The output is the display's size unless given.
  init(_ demuxer: Demuxer, output: PictureSize?) throws(VideoError) {
    let container = demuxer.context.pointee
    let stream = demuxer.stream.pointee
    let parameters = stream.codecpar.pointee
    guard let orientation = Self.orientation(of: demuxer.stream) else {
      throw VideoError(demuxer.source, .open, .unsupported("a display matrix other than turns by 90° and mirrors"))
    }
    let coded = PictureSize(rows: Int(parameters.height), columns: Int(parameters.width))
    let aspect = Ratio(av_guess_sample_aspect_ratio(demuxer.context, demuxer.stream, nil))
    self.container = Self.text(container.iformat.pointee.name) ?? "unknown"
    codec = String(cString: avcodec_get_name(parameters.codec_id))
    pixelFormat = Self.text(av_get_pix_fmt_name(AVPixelFormat(parameters.format))) ?? "unknown"
    colour = Colour(parameters)
    codedSize = coded
    self.orientation = orientation
    sampleAspectRatio = aspect
    outputSize = output ?? Self.displaySize(coded: coded, sampleAspectRatio: aspect, orientation: orientation)
    frameRate = Ratio(stream.avg_frame_rate)
    guard let ticks = Ratio(stream.time_base) else {
      throw VideoError(demuxer.source, .open, .unsupported("a time base of zero"))
    }
    timeBase = TimeBase(numerator: Int32(ticks.numerator), denominator: Int32(ticks.denominator))
    if stream.duration != noTimestamp && stream.duration > 0 {
      duration = Double(stream.duration) * timeBase.seconds
    } else if container.duration != noTimestamp && container.duration > 0 {
      duration = Double(container.duration) / Double(AV_TIME_BASE)
    } else {
      duration = nil
    }
    countedFrames = Self.countedFrames(of: demuxer.stream, container: self.container)
    isInterlaced = [AV_FIELD_TT, AV_FIELD_BB, AV_FIELD_TB, AV_FIELD_BT].contains(parameters.field_order)
    timecode = Self.tag("timecode", stream.metadata) ?? Self.tag("timecode", container.metadata)
  }

  /// Upright without a display matrix, nil for one that is not a turn by a multiple of 90°.
  private static func orientation(of stream: UnsafeMutablePointer<AVStream>) -> Orientation? {
    var bytes = 0
    let entries = 9
    guard let matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes),
      bytes >= entries * MemoryLayout<Int32>.size
    else { return .upright }
    return matrix.withMemoryRebound(to: Int32.self, capacity: entries) {
      Orientation(displayMatrix: Array(UnsafeBufferPointer(start: $0, count: entries)))
    }
  }

  /// The container's count, nil if it keeps none, without the frames that the edit list of an MP4 hides.
  private static func countedFrames(of stream: UnsafeMutablePointer<AVStream>, container: String) -> Int? {
    let declared = Int(stream.pointee.nb_frames)
    guard declared > 0 else { return nil }
    // Only here the index is whole from the beginning: libav makes it of the tables that count, and of the edit list.
    guard container.hasPrefix("mov,") else { return declared }
    let shown = (0..<avformat_index_get_entries_count(stream)).count { index in
      avformat_index_get_entry(stream, index).map { $0.pointee.flags & AVINDEX_DISCARD_FRAME == 0 } ?? false
    }
    return shown > 0 ? min(declared, shown) : declared
  }

  private static func tag(_ key: String, _ tags: OpaquePointer?) -> String? {
    av_dict_get(tags, key, nil, 0).flatMap { text($0.pointee.value) }
  }

  fileprivate static func text(_ characters: UnsafePointer<CChar>?) -> String? {
    characters.map { String(cString: $0) }
  }
}

extension VideoInfo.Colour {
  fileprivate init(_ parameters: AVCodecParameters) {
    let matrix = parameters.color_space
    self.matrix = matrix == AVCOL_SPC_UNSPECIFIED ? nil : VideoInfo.text(av_color_space_name(matrix))
    let range = parameters.color_range
    self.range = range == AVCOL_RANGE_UNSPECIFIED ? nil : VideoInfo.text(av_color_range_name(range))
    let primaries = parameters.color_primaries
    self.primaries = primaries == AVCOL_PRI_UNSPECIFIED ? nil : VideoInfo.text(av_color_primaries_name(primaries))
    let transfer = parameters.color_trc
    self.transfer = transfer == AVCOL_TRC_UNSPECIFIED ? nil : VideoInfo.text(av_color_transfer_name(transfer))
    let chroma = parameters.chroma_location
    chromaLocation = chroma == AVCHROMA_LOC_UNSPECIFIED ? nil : VideoInfo.text(av_chroma_location_name(chroma))
  }
}
