/** The variable by which processes of an environment are found that have left its tree. */
export const ENVIRONMENT_MARK = 'MILLRACE_ENVIRONMENT_ID';
