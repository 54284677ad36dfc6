// Loaded before an ad server: at SIGUSR2 its clock makes a step, there and back.

const STEP_MS = 7000;

/** From now on the clock steps at each signal. */
function letClockStep(): void {
  const trueNow = Date.now.bind(Date);
  let offsetMs = 0;
  Date.now = () => trueNow() + offsetMs;
  process.on('SIGUSR2', () => {
    offsetMs = offsetMs === 0 ? STEP_MS : 0;
  });
}

letClockStep();
