#pragma once
#include <libavcodec/avcodec.h>
#include <libavdevice/version.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <stdarg.h>
#include <stdio.h>

// Error codes are function-like macros, which Swift does not import.
static const int CLIBAV_ERROR_EOF = AVERROR_EOF;
static const int CLIBAV_ERROR_EXIT = AVERROR_EXIT;
static const int CLIBAV_ERROR_INVALID_DATA = AVERROR_INVALIDDATA;
static const int CLIBAV_ERROR_DECODER_NOT_FOUND = AVERROR_DECODER_NOT_FOUND;

static const int CLIBAV_DEVICE_VERSION = LIBAVDEVICE_VERSION_MAJOR;

// libav's log is variadic. What it says first, on each thread, as an error is kept: often the only reason it gives. (The
// buffer is a function's own, since Swift emits functions of this header, but no variables: one in each object file, so that
// all of this is used in one Swift file.)
static inline char *clibav_words(void) {
  static _Thread_local char words[256];
  return words;
}
static inline void clibav_note(void *context, int level, const char *format, va_list arguments) {
  if (level <= AV_LOG_ERROR && clibav_words()[0] == 0) vsnprintf(clibav_words(), 256, format, arguments);
}
static inline void clibav_keep_words(void) { av_log_set_callback(clibav_note); }
static inline void clibav_forget_words(void) { clibav_words()[0] = 0; }
static inline const char *clibav_first_words(void) { return clibav_words(); }
