"""The physics as pure functions over arrays of any library that follows the array API."""
