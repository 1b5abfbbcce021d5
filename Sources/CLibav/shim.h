#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// Error codes are function-like macros, which Swift does not import.
static const int CLIBAV_ERROR_EOF = AVERROR_EOF;
static const int CLIBAV_ERROR_EXIT = AVERROR_EXIT;
static const int CLIBAV_ERROR_INVALID_DATA = AVERROR_INVALIDDATA;
static const int CLIBAV_ERROR_DECODER_NOT_FOUND = AVERROR_DECODER_NOT_FOUND;
