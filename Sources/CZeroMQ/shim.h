#pragma once
#include <sys/eventfd.h>  // polled beside sockets; Swift's Glibc module leaves it out
#include <zmq.h>
