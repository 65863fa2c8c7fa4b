"""The price book: what machines cost, by list, contract, commitment and bill."""
