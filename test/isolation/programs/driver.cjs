'use strict';
// A handler that does what an event tells it: `node` is the body of an async function with `require` and `kept`.
const kept = { count: 0 };
const Body = Object.getPrototypeOf(async () => {}).constructor;

exports.handler = async (order) => {
  kept.count += 1;
  return new Body('require', 'kept', 'order', order.node)(require, kept, order);
};
