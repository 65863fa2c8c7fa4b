"""FOCUS cost and usage exports, as AWS, Microsoft, Google and Oracle write them."""
