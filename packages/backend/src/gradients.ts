/** Registers the gradients of all ops. The core must be evaluated first: it defines the flags that they read. */
import '@tensorflow/tfjs-core';
import '#gradients';
