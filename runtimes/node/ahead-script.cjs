'use strict';
exports.handler = async function handler() {};
