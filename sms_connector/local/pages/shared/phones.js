// Phone numbers, as they are read most easily.

// Returns undefined for a number outside mainland China.
export function spacedMainland(phone) {
  return /^1\d{10}$/.test(phone) ? phone.replace(/(\d{3})(\d{4})/, "$1 $2 ") : undefined;
}
