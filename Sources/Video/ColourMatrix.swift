import CLibav

/// The matrix between a video's YCbCr and RGB, as swscale numbers it.
enum ColourMatrix {
  /// The largest picture height that counts as standard definition.
  static let standardDefinitionRows = 576

  /// What `declared` stands for in a picture of `rows` coded rows, nil if swscale cannot convert it.
  ///
  /// Undeclared matrices are BT.601 up to 576 rows and BT.709 above, as broadcasters and players hold it.
  static func swscaleIndex(_ declared: AVColorSpace, rows: Int) -> Int32? {
    switch declared {
    case AVCOL_SPC_BT709: SWS_CS_ITU709
    case AVCOL_SPC_FCC: SWS_CS_FCC
    case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
    case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
    case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
    // RGB is what RGB pixels declare; on YCbCr pixels it says nothing.
    case AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_RESERVED, AVCOL_SPC_RGB:
      rows <= standardDefinitionRows ? SWS_CS_ITU601 : SWS_CS_ITU709
    default: nil
    }
  }
}
